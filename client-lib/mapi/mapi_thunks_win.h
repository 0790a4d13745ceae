// The labels of thunks.S, one of each for every function of mapi_functions.inc: thunk_<name> goes
// on to the real function, answer_<name> stands in for one that the real MAPI does not have.
#pragma once

namespace mapi_thunks {

using Code = void();

#define MAPI_FUNCTION(provider, name, bytes, answer) \
  extern "C" Code thunk_##name;                      \
  extern "C" Code answer_##name;
#define MAPI_OWN(provider, name, bytes, answer) MAPI_FUNCTION(provider, name, bytes, answer)
#include "client-lib/mapi/mapi_functions.inc"
#undef MAPI_FUNCTION
#undef MAPI_OWN

// The thunk as what it goes on to, a function that this type points to.
template <typename Pointer>
Pointer as(Code* thunk) {
  return reinterpret_cast<Pointer>(reinterpret_cast<void*>(thunk));
}

}  // namespace mapi_thunks
