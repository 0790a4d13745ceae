// The timer: it works until nothing is left, can be armed again, and is over when it is destroyed.
#include "client-lib/retry_timer.h"

#include <atomic>

#include "proto/limits.h"
#include "tests/client-lib/eventually.h"
#include "tests/support/catch.h"

namespace profile_broker::client {

TEST_CASE("an armed timer works until nothing is left and again when it is armed again") {
  std::atomic<int> runs = 0;
  RetryTimer timer([&] { return ++runs % 3 != 0; });
  timer.arm();
  CHECK(eventually([&] { return runs == 3; }));
  timer.arm();
  CHECK(eventually([&] { return runs == 6; }));
}

TEST_CASE("arming while the work runs is not lost") {
  std::atomic<int> runs = 0;
  RetryTimer* self = nullptr;
  RetryTimer timer([&] {
    if (++runs == 1) {
      self->arm();
    }
    return false;
  });
  self = &timer;
  timer.arm();
  CHECK(eventually([&] { return runs == 2; }));
}

TEST_CASE("a timer that has more to do ends with its owner") {
  std::atomic<int> runs = 0;
  {
    RetryTimer timer([&] {
      ++runs;
      return true;
    });
    timer.arm();
    CHECK(eventually([&] { return runs >= 1; }));
  }
  const int at_end = runs;
  {
    RetryTimer never_armed([] { return true; });
  }
  CHECK(runs == at_end);
}

TEST_CASE("the pauses between tries grow, and stay under the service's recovery time") {
  RetryPauses pauses;
  CHECK(pauses.next() <= kFirstRetryPause * 5 / 4);
  for (int i = 0; i < 50; ++i) {
    const auto pause = pauses.next();
    CHECK(pause > std::chrono::milliseconds(0));
    CHECK(pause < kRecoveryTime / 2);
  }
}

}  // namespace profile_broker::client
