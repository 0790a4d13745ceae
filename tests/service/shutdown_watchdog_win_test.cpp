#include "service/shutdown_watchdog_win.h"

#include <atomic>
#include <future>

#include "tests/support/catch.h"

namespace profile_broker::service {

TEST_CASE("A stop that takes too long is noticed once, however often the stop was asked for") {
  std::promise<void> expired;
  std::atomic<int> times = 0;
  {
    ShutdownWatchdog watchdog(
        [&] {
          if (++times == 1) {
            expired.set_value();
          }
        },
        std::chrono::milliseconds(20));
    watchdog.begin();
    watchdog.begin();
    REQUIRE(expired.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  }
  CHECK(times == 1);
}

TEST_CASE("A stop in time disturbs the watchdog no more") {
  std::atomic<int> times = 0;
  {
    ShutdownWatchdog watchdog([&] { ++times; }, std::chrono::hours(1));
    watchdog.begin();
  }
  CHECK(times == 0);
}

}  // namespace profile_broker::service
