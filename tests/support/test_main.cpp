// The main function of every test program. Catch2 2 generates it here, once, because that takes
// long to compile; main and not wmain, which MinGW finds only with a linker option.
#define CATCH_CONFIG_MAIN
#define DO_NOT_USE_WMAIN
#include "tests/support/catch.h"

#include <cstdlib>
#include <fstream>

namespace {

// Tells a test that failed from one that Wine never began (tests/windows/run_under_wine.sh).
const bool kBegun = [] {
  const char* const file = std::getenv("PROFILE_BROKER_TEST_BEGUN");
  return file != nullptr && std::ofstream(file).good();
}();

}  // namespace
