#include "service/retry_pace.h"

#include "tests/support/catch.h"

using namespace profile_broker::service;
using namespace std::chrono_literals;

TEST_CASE("the longer writing the journal anew takes, the less often it is tried") {
  RetryPace pace;
  const RetryPace::Clock::time_point start{1h};
  CHECK(pace.is_due(start));
  pace.tried(start, start + 2ms);  // a small table: with the next upkeep, a second later
  CHECK(pace.is_due(start + 1s));
  pace.tried(start, start + 3s);  // a large one on a slow disk
  CHECK_FALSE(pace.is_due(start + 3s + 29s));
  CHECK(pace.is_due(start + 3s + 30s));
}
