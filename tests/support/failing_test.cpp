// Fails, so that progress_test.sh can see what is said of it.
#include "tests/support/catch.h"

TEST_CASE("a thing that is not so") {
  const int held = 2;
  CHECK(held == 3);
}
