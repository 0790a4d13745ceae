// How this DLL calls real MAPI for the program, and what holds around such a call.
#pragma once

#include <utility>

#include "client-lib/mapi/broker_calls_win.h"
#include "client-lib/mapi/thread_calls_win.h"

namespace profile_broker::client::mapi {

// Calls a function of real MAPI. What ends meanwhile, in calls that come back here from inside it
// (a provider may log off, or end MAPI, in the middle of its own functions), is released when the
// outermost of them has returned: a release may delete a profile, and real MAPI, whose locks this
// thread may hold until then, does that.
template <typename Call>
auto in_real_mapi(Call&& call) {
  struct Afterwards {
    ~Afterwards() { release_what_was_put_aside(); }
  } afterwards;
  const ThreadCall calling(ThreadCall::What::real_mapi);
  return std::forward<Call>(call)();
}

// What fails here without real MAPI is memory.
template <typename Answer, typename Body>
Answer surviving(Answer otherwise, Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    return otherwise;
  }
}

}  // namespace profile_broker::client::mapi
