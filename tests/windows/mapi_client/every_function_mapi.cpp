// A MAPI provider with every function of mapi32.dll and nothing behind them: each answers with what
// it was called with (every_function.h), and keeps that for LastArguments. One function body for
// each name in every_function.inc, which CMake makes of the tool chain's import library.
#include "tests/windows/mapi_client/every_function.h"

using std::uintptr_t;

namespace {

every_function::Arguments last_arguments;

std::uint32_t answer(std::uint32_t function, const every_function::Arguments& arguments) {
  last_arguments = arguments;
  return every_function::answer(function, arguments);
}

}  // namespace

extern "C" const every_function::Arguments* LastArguments() {
  return &last_arguments;
}

#define EVERY_FUNCTION(index, name)                                                              \
  extern "C" std::uint32_t every_function_##index(                                               \
      uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e, uintptr_t f, uintptr_t g, \
      uintptr_t h, uintptr_t i, uintptr_t j, uintptr_t k, uintptr_t l) {                         \
    return answer(index, {a, b, c, d, e, f, g, h, i, j, k, l});                                  \
  }
#include "every_function.inc"
