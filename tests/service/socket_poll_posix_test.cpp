#include "service/socket_poll_posix.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/service/socket_pair_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

// Takes what comes, and tells.
class Taker final : public SocketPoll::Member {
 public:
  Taker(EventLoop& loop, std::function<void(Taker&)> told)
      : poll_(SocketPoll::of(loop.context().get_executor())), told_(std::move(told)) {
    REQUIRE(poll_.add(sockets_.ours.get(), *this));
  }

  void send(char byte) { REQUIRE(::write(sockets_.theirs.get(), &byte, 1) == 1); }
  void ask_again() { poll_.tell_again(*this); }
  void leave() { poll_.remove(sockets_.ours.get(), *this); }
  int times_told() const { return times_told_; }

 private:
  void ready(std::uint32_t) noexcept override {
    char bytes[16];
    [[maybe_unused]] const auto got = ::read(sockets_.ours.get(), bytes, sizeof bytes);
    ++times_told_;
    told_(*this);
  }
  void again() noexcept override {
    ++times_told_;
    told_(*this);
  }

  SocketPair sockets_;
  SocketPoll& poll_;
  std::function<void(Taker&)> told_;
  int times_told_ = 0;
};

void stop(EventLoop& loop) {
  boost::asio::post(loop.context(), [&] { loop.context().stop(); });
  wake_event_loop(loop.context().get_executor());
}

}  // namespace

TEST_CASE("what comes on a socket is told, and what its handler posts is done before a wait") {
  EventLoop loop;
  Taker taker(loop, [&](Taker&) { stop(loop); });
  taker.send('a');
  loop.run();
  CHECK(taker.times_told() == 1);
}

TEST_CASE("what another thread posts is done while the loop waits") {
  EventLoop loop;
  Taker taker(loop, [](Taker&) {});
  std::thread other;
  boost::asio::post(loop.context(), [&] { other = std::thread([&] { stop(loop); }); });
  loop.run();
  other.join();
  CHECK(taker.times_told() == 0);
}

TEST_CASE("timers run while sockets are waited for") {
  EventLoop loop;
  Taker taker(loop, [](Taker&) {});
  boost::asio::steady_timer timer(loop.context(), std::chrono::milliseconds(5));
  timer.async_wait([&](const auto&) { loop.context().stop(); });
  loop.run();
  CHECK(timer.expiry() <= std::chrono::steady_clock::now());
}

TEST_CASE("what is to be done soon is done when all that is ready has been served, and once") {
  EventLoop loop;
  std::string order;
  Soon soon(loop.context().get_executor(), [&] {
    order += 's';
    stop(loop);
  });
  const auto told = [&](Taker&) {
    order += 't';
    soon.ask();
  };
  Taker first(loop, told);
  Taker second(loop, told);
  first.send('a');
  second.send('a');
  loop.run();
  CHECK(order == "tts");
}

TEST_CASE("who asks to be told again is told before those of whom something came later") {
  EventLoop loop;
  std::vector<const Taker*> order;
  const auto told = [&](Taker& taker) {
    order.push_back(&taker);
    if (order.size() == 3) {
      stop(loop);
    }
  };
  Taker first(loop, told);
  Taker second(loop, told);
  Soon soon(loop.context().get_executor(), [&] {
    second.send('b');
    first.ask_again();
  });
  first.send('a');
  soon.ask();
  loop.run();
  CHECK(order == std::vector<const Taker*>{&first, &first, &second});
}

TEST_CASE("what asks to be done soon again and again lets sockets and timers have their turn") {
  EventLoop loop;
  bool told = false;
  Taker taker(loop, [&](Taker&) { told = true; });
  std::function<void()> again;
  Soon soon(loop.context().get_executor(), [&] { again(); });
  again = [&] { soon.ask(); };
  soon.ask();
  boost::asio::steady_timer timer(loop.context(), std::chrono::milliseconds(1));
  timer.async_wait([&](const auto&) {
    taker.send('a');
    again = [&] { told ? stop(loop) : soon.ask(); };
  });
  loop.run();
  CHECK(told);
}

TEST_CASE("handlers of Asio that post themselves again and again let sockets have their turn") {
  EventLoop loop;
  bool told = false;
  Taker taker(loop, [&](Taker&) { told = true; });
  std::function<void()> again = [&] {
    if (told) {
      loop.context().stop();
    } else {
      boost::asio::post(loop.context(), again);
    }
  };
  boost::asio::post(loop.context(), again);
  taker.send('a');
  loop.run();
  CHECK(told);
}

TEST_CASE("what Asio has to do before a socket has something is done before it") {
  EventLoop loop;
  std::string order;
  SocketPair connecting;
  boost::asio::posix::stream_descriptor listener(loop.context(), connecting.ours.get());
  listener.async_wait(boost::asio::posix::descriptor_base::wait_read,
                      [&](const auto&) { order += 'a'; });
  Taker taker(loop, [&](Taker&) {
    order += 's';
    stop(loop);
  });
  Soon soon(loop.context().get_executor(), [&] {
    REQUIRE(::write(connecting.theirs.get(), "x", 1) == 1);
    taker.send('a');
  });
  soon.ask();
  loop.run();
  listener.release();
  CHECK(order == "as");
}

TEST_CASE("an exception of a handler of Asio loses nothing that sockets behind it have") {
  EventLoop loop;
  SocketPair connecting;
  boost::asio::posix::stream_descriptor listener(loop.context(), connecting.ours.get());
  listener.async_wait(boost::asio::posix::descriptor_base::wait_read,
                      [&](const auto&) { throw std::runtime_error("of a handler"); });
  Taker taker(loop, [&](Taker&) { stop(loop); });
  Soon soon(loop.context().get_executor(), [&] {
    REQUIRE(::write(connecting.theirs.get(), "x", 1) == 1);
    taker.send('a');
  });
  soon.ask();
  CHECK_THROWS_AS(loop.run(), std::runtime_error);
  loop.run();
  listener.release();
  CHECK(taker.times_told() == 1);
}

TEST_CASE("a socket that leaves while another is served is told nothing of what had come") {
  EventLoop loop;
  std::vector<std::unique_ptr<Taker>> takers;
  const auto told = [&](Taker& taker) {
    for (const auto& each : takers) {
      if (each.get() != &taker) {
        each->leave();
      }
    }
    stop(loop);
  };
  takers.push_back(std::make_unique<Taker>(loop, told));
  takers.push_back(std::make_unique<Taker>(loop, told));
  for (const auto& each : takers) {
    each->send('a');
  }
  loop.run();
  CHECK(takers[0]->times_told() + takers[1]->times_told() == 1);
}

TEST_CASE("after an exception of a handler the loop goes on where it was") {
  EventLoop loop;
  Taker taker(loop, [&](Taker&) { stop(loop); });
  bool later = false;
  boost::asio::post(loop.context(), [] { throw std::runtime_error("of a handler"); });
  boost::asio::post(loop.context(), [&] { later = true; });
  CHECK_THROWS_AS(loop.run(), std::runtime_error);
  taker.send('a');
  loop.run();
  CHECK(later);
  CHECK(taker.times_told() == 1);
}

TEST_CASE("each of several loops waits for its own context") {
  EventLoop first;
  EventLoop second;
  for (EventLoop* loop : {&second, &first}) {
    boost::asio::steady_timer timer(loop->context(), std::chrono::milliseconds(1));
    bool rang = false;
    timer.async_wait([&](const auto&) {
      rang = true;
      loop->context().stop();
    });
    loop->run();
    CHECK(rang);
  }
}

}  // namespace profile_broker::service
