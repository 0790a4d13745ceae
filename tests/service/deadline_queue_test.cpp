#include "service/deadline_queue.h"

#include <memory>
#include <vector>

#include "tests/support/catch.h"

using namespace profile_broker::service;
using namespace std::chrono_literals;

TEST_CASE("deadlines expire in the order in which they were armed, and only when due") {
  DeadlineQueue queue(2s);
  std::vector<int> missed;
  Deadline first([&] { missed.push_back(1); });
  Deadline second([&] { missed.push_back(2); });
  const auto start = Deadline::Clock::time_point{};
  CHECK_FALSE(queue.next());
  queue.arm(first, start);
  queue.arm(second, start + 1s);
  CHECK(queue.next() == start + 2s);
  queue.expire(start + 1999ms);
  CHECK(missed.empty());
  queue.expire(start + 2s);
  CHECK(missed == std::vector<int>{1});
  CHECK_FALSE(first.armed());
  queue.expire(start + 10s);
  CHECK(missed == std::vector<int>{1, 2});
}

TEST_CASE("a deadline that is disarmed, armed anew or destroyed does not expire in its old place") {
  DeadlineQueue queue(2s);
  int missed = 0;
  Deadline disarmed([&] { ++missed; });
  Deadline renewed([&] { ++missed; });
  auto destroyed = std::make_unique<Deadline>([&] { ++missed; });
  const auto start = Deadline::Clock::time_point{};
  queue.arm(disarmed, start);
  queue.arm(renewed, start);
  queue.arm(*destroyed, start);
  disarmed.disarm();
  queue.arm(renewed, start + 1s);
  destroyed.reset();
  queue.expire(start + 2s);
  CHECK(missed == 0);
  queue.expire(start + 3s);
  CHECK(missed == 1);
}

TEST_CASE("a missed deadline may destroy itself and others") {
  DeadlineQueue queue(2s);
  std::vector<std::unique_ptr<Deadline>> deadlines;
  for (int i = 0; i < 3; ++i) {
    deadlines.push_back(std::make_unique<Deadline>([&] { deadlines.clear(); }));
  }
  for (const auto& deadline : deadlines) {
    queue.arm(*deadline, Deadline::Clock::time_point{});
  }
  queue.expire(Deadline::Clock::time_point{} + 5s);
  CHECK(deadlines.empty());
  CHECK_FALSE(queue.next());
}
