#include "service/work_clock.h"

#include <boost/asio/post.hpp>

#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

using namespace std::chrono_literals;

// A clock that the test moves, and that counts who looks at it.
struct TestClock {
  using duration = Turns::Clock::duration;
  using time_point = std::chrono::time_point<TestClock>;
  static time_point now() {
    ++looks;
    return time;
  }
  static inline time_point time{};
  static inline int looks = 0;
};

using Clock = WorkClockOf<TestClock>;
using Weight = Clock::Weight;

static_assert(Turns::kSlice == 1ms);

struct Working {
  EventLoop loop;
  Turns turns{loop.context().get_executor()};
  Clock clock{loop.context().get_executor(), turns};
  Turn turn{[] {}};

  Working() { TestClock::looks = 0; }

  void serve(TestClock::duration length, Weight weight) {
    clock.begin();
    TestClock::time += length;
    clock.served(weight);
  }
  // The loop looks at its sockets, and that takes so long.
  void wait(TestClock::duration length) {
    boost::asio::post(loop.context(), [this] { loop.context().stop(); });
    loop.run();
    loop.context().restart();
    TestClock::time += length;
  }
  bool nobody_waits() { return turns.begin(turn, "account"); }
};

}  // namespace

TEST_CASE("short requests that came together share looks at the clock") {
  Working working;
  for (int i = 0; i < 64; ++i) {
    working.serve(1us, Weight::light);
  }
  CHECK(TestClock::looks <= 9);
}

TEST_CASE("a request that comes after a wait has the time of now") {
  Working working;
  working.serve(1us, Weight::light);
  working.wait(1h);
  CHECK(working.clock.begin() == TestClock::time);
}

TEST_CASE("what took long has taken so long for the turns, whole and at once") {
  Working working;
  working.serve(Turns::kSlice, Weight::unknown);
  CHECK_FALSE(working.nobody_waits());
}

TEST_CASE("many short requests are as much work as a long one") {
  Working working;
  for (int i = 0; i < 100; ++i) {
    working.serve(11us, Weight::light);
  }
  CHECK_FALSE(working.nobody_waits());
}

TEST_CASE("a flood of which each look at the sockets brings one request is work, too") {
  Working working;
  for (int i = 0; i < 200; ++i) {
    working.serve(10us, Weight::light);
    working.wait(0us);
  }
  CHECK_FALSE(working.nobody_waits());
}

TEST_CASE("pauses are no work") {
  Working working;
  for (int i = 0; i < 50; ++i) {
    working.serve(1us, Weight::light);
    working.wait(24h);
  }
  CHECK(working.nobody_waits());
}

}  // namespace profile_broker::service
