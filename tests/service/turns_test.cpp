#include "service/turns.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <deque>
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
    if (turns.begin(places[place], account, Turns::Clock::time_point::max())) {
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
    CHECK(turns.begin(turn, "a", Turns::Clock::time_point::max()));
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
