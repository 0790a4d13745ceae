// A byte stream in memory, for tests of what reads and writes one: both of its ends, without a
// socket or a pipe.
#pragma once

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "service/transport.h"

namespace profile_broker::service {

namespace asio = boost::asio;
using boost::system::error_code;

// While one lives, what is done stands for the operating system or another process, whose memory is
// not the service's: a test that lets the service run out of memory does not count it.
class OutsideOfTheProcess {
 public:
  OutsideOfTheProcess() { ++depth(); }
  ~OutsideOfTheProcess() { --depth(); }
  OutsideOfTheProcess(const OutsideOfTheProcess&) = delete;
  OutsideOfTheProcess& operator=(const OutsideOfTheProcess&) = delete;
  static bool is_here() { return depth() > 0; }

 private:
  static int& depth() {
    static int value = 0;
    return value;
  }
};

// The two ends of a connection in memory: what the test sends, what the service answered.
class MemoryTransport final : public Transport {
 public:
  explicit MemoryTransport(asio::io_context& context) : wake_(context) {}

  void read_some(asio::mutable_buffer buffer, Reader& reader) override {
    auto done = [this, buffer, reader = reader.kept()](const error_code& = {}) {
      if (!closed && !incoming.empty()) {
        const std::size_t bytes = std::min(buffer.size(), incoming.size());
        std::copy_n(incoming.begin(), bytes, static_cast<char*>(buffer.data()));
        incoming.erase(0, bytes);
        reader->read_done({}, bytes);
      } else if (closed || peer_closed) {
        reader->read_done(closed ? asio::error::operation_aborted
                                 : asio::error::make_error_code(asio::error::eof),
                          0);
      } else {
        read_again(buffer, *reader);
      }
    };
    if (incoming.empty() && !closed && !peer_closed) {
      wake_.expires_at(asio::steady_timer::time_point::max());
      wake_.async_wait(std::move(done));
    } else {
      asio::post(wake_.get_executor(), std::move(done));
    }
  }
  std::size_t write_now(asio::const_buffer buffer) noexcept override {
    if (!peer_reads) {
      return 0;
    }
    const OutsideOfTheProcess there;
    outgoing.append(static_cast<const char*>(buffer.data()), buffer.size());
    return buffer.size();
  }
  asio::awaitable<void> write(asio::const_buffer buffer, error_code& error) override {
    while (!peer_reads && !closed) {
      wake_writer_.expires_at(asio::steady_timer::time_point::max());
      error_code ignored;
      co_await wake_writer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (closed) {
      error = asio::error::operation_aborted;
      co_return;
    }
    const OutsideOfTheProcess there;
    outgoing.append(static_cast<const char*>(buffer.data()), buffer.size());
    peer_reads = !peer_reads_once;
  }
  void finish_sending() override {}
  void close() override {
    closed = true;
    wake();
  }
  void wake() {
    wake_.cancel();
    wake_writer_.cancel();
  }

  std::string incoming;
  std::string outgoing;
  bool peer_reads = true;
  bool peer_reads_once = false;  // one write, then it stands still again
  bool peer_closed = false;
  bool closed = false;

 private:
  // Woken for the other direction.
  void read_again(asio::mutable_buffer buffer, Reader& reader) noexcept try {
    read_some(buffer, reader);
  } catch (const std::bad_alloc&) {
    reader.read_done(asio::error::no_memory, 0);
  }

  asio::steady_timer wake_;
  asio::steady_timer wake_writer_{wake_.get_executor()};
};

}  // namespace profile_broker::service
