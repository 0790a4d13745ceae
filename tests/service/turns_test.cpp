#include "service/turns.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

// Connections that always have something to do, each piece of which takes more than a slice.
struct Crowd {
  boost::asio::io_context context{1};
  Turns turns{context.get_executor()};
  std::deque<Turn> places;
  std::vector<std::string> served;

  void ask(const std::string& account, bool again) {
    const std::size_t place = places.size();
    places.emplace_back([=, this] { serve(place, account, again); });
    ask(place, account, again);
  }

  void ask(std::size_t place, const std::string& account, bool again) {
    if (turns.begin(places[place], account)) {
      serve(place, account, again);
    }
  }

  void serve(std::size_t place, const std::string& account, bool again) {
    served.push_back(account);
    turns.worked(2 * Turns::kSlice);
    if (again && served.size() < 1'000) {
      ask(place, account, again);
    }
  }
};

}  // namespace

TEST_CASE("while there is little to do nobody waits for a turn") {
  boost::asio::io_context context;
  Turns turns(context.get_executor());
  Turn turn([] {});
  for (int i = 0; i < 1'000; ++i) {
    CHECK(turns.begin(turn, "a"));
  }
  CHECK(context.poll() == 0);
}

TEST_CASE("an account waits for one turn of another one, however many connections that has") {
  Crowd crowd;
  for (int i = 0; i < 200; ++i) {
    crowd.ask("flood", true);
  }
  crowd.context.run_for(std::chrono::milliseconds(0));
  while (crowd.served.size() < 300) {
    REQUIRE(crowd.context.run_one() > 0);
  }
  const auto before = crowd.served.size();
  crowd.ask("other", false);
  while (crowd.served.back() != "other") {
    REQUIRE(crowd.context.run_one() > 0);
  }
  CHECK(crowd.served.size() - before <= 3);
}

TEST_CASE("three accounts with work get a third each") {
  Crowd crowd;
  for (int i = 0; i < 50; ++i) {
    crowd.ask("a", true);
  }
  crowd.ask("b", true);
  for (int i = 0; i < 5; ++i) {
    crowd.ask("c", true);
  }
  crowd.context.run();
  const auto share = [&](std::string_view account) {
    return std::count(crowd.served.begin() + 100, crowd.served.begin() + 700, account);
  };
  CHECK(share("a") == 200);
  CHECK(share("b") == 200);
  CHECK(share("c") == 200);
}

TEST_CASE("connections of one account that never pause are served one after the other") {
  boost::asio::io_context context{1};
  Turns turns(context.get_executor());
  constexpr std::size_t kConnections = 500;
  std::deque<Turn> places;
  std::vector<int> served(kConnections);
  std::function<void(std::size_t)> ask;
  const auto serve = [&](std::size_t place) {
    turns.worked(Turns::kSlice / 150);
    ++served[place];
    // Its next request is there when the event loop looks again.
    boost::asio::post(context, [&, place] { ask(place); });
  };
  ask = [&](std::size_t place) {
    if (turns.begin(places[place], "a")) {
      serve(place);
    }
  };
  for (std::size_t place = 0; place < kConnections; ++place) {
    places.emplace_back([&, place] { serve(place); });
  }
  for (std::size_t place = 0; place < kConnections; ++place) {
    boost::asio::post(context, [&, place] { ask(place); });
  }
  while (*std::max_element(served.begin(), served.end()) < 20) {
    REQUIRE(context.run_one() > 0);
  }
  CHECK(*std::min_element(served.begin(), served.end()) >= 18);
}

TEST_CASE(
    "while connections that waited are served, whatever else is ready waits for a part of them") {
  boost::asio::io_context context{1};
  Turns turns(context.get_executor());
  const auto piece = Turns::kPass / 10;
  int served = 0;
  std::deque<Turn> places;
  turns.worked(Turns::kSlice);
  for (int i = 0; i < 500; ++i) {
    places.emplace_back([&] {
      ++served;
      turns.worked(piece);
    });
    REQUIRE_FALSE(turns.begin(places.back(), "a"));
  }
  // Somebody who is always ready, as a listening socket in a storm.
  int longest = 0;
  int looked = 0;
  std::function<void()> look = [&] {
    longest = std::max(longest, served - std::exchange(looked, served));
    if (served < 500) {
      boost::asio::post(context, look);
    }
  };
  boost::asio::post(context, look);
  context.run();
  CHECK(served == 500);
  CHECK(longest == 10);
}

TEST_CASE("a connection that ends while it waits takes nobody's turn") {
  Crowd crowd;
  crowd.ask("a", false);
  crowd.ask("a", false);
  crowd.ask("b", false);
  crowd.places[1].leave();
  crowd.context.run();
  CHECK(crowd.served == std::vector<std::string>{"a", "b"});
}

}  // namespace profile_broker::service
