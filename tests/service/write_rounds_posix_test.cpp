#include "service/write_rounds.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <vector>

#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

using namespace std::chrono_literals;

// Connections that are served one after the other, a number at once, as a poll finds them.
struct Crowd {
  boost::asio::io_context context{1};
  WriteRounds rounds{context.get_executor()};
  std::deque<WriteTurn> turns;
  std::vector<int> written;  // by which of them
  WriteRounds::Clock::time_point now{};

  explicit Crowd(int connections) {
    for (int i = 0; i < connections; ++i) {
      turns.emplace_back([this, i] { written.push_back(i); });
    }
  }

  // How many of the round wait for its end.
  int serve_round() {
    int waiting = 0;
    for (std::size_t i = 0; i < turns.size(); ++i) {
      boost::asio::post(context, [this, i, &waiting] { waiting += rounds.joins(turns[i], now); });
    }
    context.restart();
    context.poll();
    return waiting;
  }
  void until_together() {
    for (int i = 0; serve_round() == 0; ++i) {
      REQUIRE(i < 1'000);
    }
  }
};

}  // namespace

TEST_CASE("a connection that asks alone has its answers at once, and nothing is queued for it") {
  Crowd one(1);
  for (int i = 0; i < 1'000; ++i) {
    CHECK(one.serve_round() == 0);
  }
  CHECK(one.written.empty());
}

TEST_CASE("connections that ask together have their answers together, in their order") {
  Crowd crowd(8);
  crowd.until_together();
  crowd.written.clear();
  CHECK(crowd.serve_round() == 8);
  CHECK(crowd.written == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("who is alone again has its answers at once before long") {
  Crowd crowd(8);
  crowd.until_together();
  crowd.turns.erase(crowd.turns.begin() + 1, crowd.turns.end());
  for (unsigned i = 0; i < WriteRounds::kRoundsAlone; ++i) {
    CHECK(crowd.serve_round() == 1);
  }
  CHECK(crowd.serve_round() == 0);
}

TEST_CASE("a connection that ended is not written to") {
  Crowd crowd(8);
  crowd.until_together();
  crowd.written.clear();
  boost::asio::post(crowd.context, [&] {
    CHECK(crowd.rounds.joins(crowd.turns[0], {}));
    CHECK(crowd.rounds.joins(crowd.turns[1], {}));
    crowd.turns[0].leave();
  });
  crowd.context.restart();
  crowd.context.poll();
  CHECK(crowd.written == std::vector<int>{1});
}

TEST_CASE("a round that takes long is written before its end") {
  Crowd crowd(3);
  crowd.until_together();
  crowd.written.clear();
  CHECK(crowd.rounds.joins(crowd.turns[0], crowd.now));
  CHECK(crowd.rounds.joins(crowd.turns[1], crowd.now + WriteRounds::kLongest));
  CHECK(crowd.written.empty());
  CHECK(crowd.rounds.joins(crowd.turns[2], crowd.now + WriteRounds::kLongest + 1us));
  CHECK(crowd.written == std::vector<int>{0, 1, 2});
}

}  // namespace profile_broker::service
