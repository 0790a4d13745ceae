#include "service/log_limiter.h"

#include "tests/service/remembering_log.h"
#include "tests/support/catch.h"

using namespace profile_broker::service;
using namespace std::chrono_literals;

namespace {

struct Limited {
  RememberingLog log;
  LogLimiter::Clock::time_point now{};
  LogLimiter limiter{log, [this] { return now; }};

  void refuse(const std::string& account, int process = 1) {
    limiter.report(log_event<LogEventId::peer_refused>(account, process, "x.exe", "why"));
  }
  std::string left_out() const { return log.events.back().inserts.back(); }
};

}  // namespace

TEST_CASE("of what programs cause one event an account passes, and the next one counts the rest") {
  Limited limited;
  for (int i = 0; i < 100; ++i) {
    limited.refuse("S-1", i);
  }
  REQUIRE(limited.log.events.size() == 1);
  CHECK(limited.left_out() == "0");
  limited.refuse("S-2");
  CHECK(limited.log.events.size() == 2);
  limited.now += LogLimiter::kPause;
  limited.refuse("S-1");
  CHECK(limited.log.events.size() == 3);
  CHECK(limited.left_out() == "99");
}

TEST_CASE("what was left out is told after the pause, also when nothing more happens") {
  Limited limited;
  limited.refuse("S-1", 1);
  limited.refuse("S-1", 2);
  limited.refuse("S-1", 3);
  limited.now += LogLimiter::kPause - 1s;
  limited.limiter.flush();
  CHECK(limited.log.events.size() == 1);
  limited.now += 1s;
  limited.limiter.flush();
  REQUIRE(limited.log.events.size() == 2);
  CHECK(limited.log.events.back().inserts[1] == "3");  // the last one
  CHECK(limited.left_out() == "1");                    // and one before it
  limited.now += LogLimiter::kPause;
  limited.limiter.flush();
  limited.limiter.flush();
  CHECK(limited.log.events.size() == 2);
}

TEST_CASE("the service's own events are never left out") {
  Limited limited;
  for (int i = 0; i < 50; ++i) {
    limited.limiter.report(log_event<LogEventId::journal_trouble>("full"));
  }
  CHECK(limited.log.events.size() == 50);
}

TEST_CASE("more accounts than the limiter remembers share one event") {
  Limited limited;
  for (std::size_t i = 0; i < LogLimiter::kMostKeys + 1'000; ++i) {
    limited.refuse("S-" + std::to_string(i));
  }
  CHECK(limited.log.events.size() == LogLimiter::kMostKeys + 1);
}
