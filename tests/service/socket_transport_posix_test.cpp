#include "service/socket_transport_posix.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <string_view>

#include "tests/service/socket_pair_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// One end of a connection in a loop of its own, read until an error comes, or some bytes.
class Reading final : public Reader, public std::enable_shared_from_this<Reading> {
 public:
  explicit Reading(std::size_t room = 64) : room_(room) { REQUIRE(transport->open()); }

  EventLoop loop;
  SocketPair sockets;
  std::unique_ptr<SocketTransport> transport = std::make_unique<SocketTransport>(
      loop.context().get_executor(), UniqueFd(sockets.ours.release()));
  std::string text;
  int reads = 0;
  error_code error;
  std::size_t enough = std::string::npos;
  bool within = false;
  bool closes = false;  // when it has enough, and asks for more all the same

  void read() {
    within = true;
    transport->read_some(asio::buffer(buffer_.data(), room_), *this);
    within = false;
  }
  void send(std::string_view bytes) {
    REQUIRE(::write(sockets.theirs.get(), bytes.data(), bytes.size()) ==
            static_cast<ssize_t>(bytes.size()));
  }
  void stop() {
    asio::post(loop.context(), [this] { loop.context().stop(); });
    wake_event_loop(loop.context().get_executor());
  }
  void run() {
    loop.run();
    loop.context().restart();
  }

  std::shared_ptr<Reader> kept() override { return shared_from_this(); }
  void read_done(const error_code& failed, std::size_t bytes) noexcept override {
    CHECK_FALSE(within);
    ++reads;
    text.append(buffer_.data(), bytes);
    error = failed;
    if (error || text.size() >= enough) {
      if (closes) {
        read();
        transport->close();
      }
      stop();
    } else {
      read();
    }
  }

 private:
  std::array<char, 64> buffer_{};
  std::size_t room_;
};

}  // namespace

TEST_CASE("what was sent before anybody read is read") {
  const auto reading = std::make_shared<Reading>();
  reading->send("before");
  reading->enough = 6;
  reading->read();
  reading->run();
  CHECK(reading->text == "before");
}

TEST_CASE("what comes while nobody reads is read when somebody does") {
  const auto reading = std::make_shared<Reading>();
  reading->send("one");
  reading->enough = 3;
  reading->read();
  reading->run();
  reading->send("two");
  reading->stop();
  reading->run();  // the kernel tells, and nobody listens
  CHECK(reading->text == "one");
  reading->enough = 6;
  reading->read();
  reading->run();
  CHECK(reading->text == "onetwo");
}

TEST_CASE("more than there is room for is read to its end, and then the end of the stream") {
  const auto reading = std::make_shared<Reading>(8);
  reading->send("twenty-four bytes of it!");
  reading->read();
  reading->sockets.theirs = UniqueFd();
  reading->run();
  CHECK(reading->text == "twenty-four bytes of it!");
  CHECK(reading->error == asio::error::eof);
}

TEST_CASE("the end of the stream right behind the last bytes is not missed") {
  const auto reading = std::make_shared<Reading>();
  reading->send("last words");
  ::shutdown(reading->sockets.theirs.get(), SHUT_WR);
  reading->read();
  reading->run();
  CHECK(reading->text == "last words");
  CHECK(reading->error == asio::error::eof);
}

TEST_CASE("a read that waits when the transport is closed is told nothing more") {
  const auto reading = std::make_shared<Reading>();
  reading->read();
  asio::post(reading->loop.context(), [&] {
    reading->transport->close();
    reading->stop();
  });
  reading->run();
  CHECK(reading->reads == 0);
}

TEST_CASE("who closes while there is more to be read is told nothing more") {
  const auto reading = std::make_shared<Reading>(4);
  reading->send("too much for one read");
  reading->enough = 4;
  reading->closes = true;
  reading->read();
  reading->run();
  CHECK(reading->text == "too ");
}

TEST_CASE("a write waits for a peer that does not read, and goes on when it does") {
  const auto reading = std::make_shared<Reading>();
  const std::string much(3'000'000, 'x');
  error_code error = asio::error::would_block;
  asio::co_spawn(
      reading->loop.context(),
      [&]() -> asio::awaitable<void> {
        co_await reading->transport->write(asio::buffer(much), error);
        reading->loop.context().stop();
      },
      asio::detached);
  std::size_t taken = 0;
  // As a program would: some, and when there is no more yet, later.
  Soon take(reading->loop.context().get_executor(), [&] {
    std::array<char, 65'536> bytes;
    const auto got =
        ::recv(reading->sockets.theirs.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    taken += got > 0 ? static_cast<std::size_t>(got) : 0;
    if (error == asio::error::would_block) {
      take.ask();
    }
  });
  take.ask();
  reading->run();
  CHECK_FALSE(error);
  CHECK(taken > much.size() / 2);
}

TEST_CASE("a write that waits ends with an error when the transport is closed, or the peer goes") {
  const bool closed = GENERATE(true, false);
  const auto reading = std::make_shared<Reading>();
  const std::string much(3'000'000, 'x');
  error_code error;
  asio::co_spawn(
      reading->loop.context(),
      [&]() -> asio::awaitable<void> {
        co_await reading->transport->write(asio::buffer(much), error);
        reading->loop.context().stop();
      },
      asio::detached);
  asio::post(reading->loop.context(), [&] {
    if (closed) {
      reading->transport->close();
    } else {
      reading->sockets.theirs = UniqueFd();
    }
  });
  reading->run();
  CHECK(error);
}

}  // namespace profile_broker::service
