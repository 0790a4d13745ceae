// Reading by edges, writing by trying (socket_transport_posix.h).
#include "service/socket_transport_posix.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "service/socket_calls_posix.h"

namespace profile_broker::service {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

error_code last_error() {
  return {errno, boost::system::system_category()};
}

}  // namespace

SocketTransport::SocketTransport(const asio::any_io_executor& executor, UniqueFd socket)
    : poll_(SocketPoll::of(executor)), socket_(std::move(socket)) {}

void SocketTransport::read_some(asio::mutable_buffer buffer, Reader& reader) {
  buffer_ = buffer;
  reader_ = &reader;
  if (may_have_more_) {
    poll_.tell_again(*this);
  }
}

void SocketTransport::ready(std::uint32_t events) noexcept {
  if (room_ != nullptr && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) {
    room_->cancel();
    poll_.wake();
  }
  ended_ = ended_ || (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) != 0;
  may_have_more_ = true;
  read();
}

void SocketTransport::read() noexcept {
  if (reader_ == nullptr) {
    return;
  }
  const auto got = receive_now(socket_.get(), buffer_.data(), buffer_.size());
  if (got > 0) {
    // Less than there is room for is all that there was, and more will be told of.
    may_have_more_ = ended_ || static_cast<std::size_t>(got) == buffer_.size();
    tell({}, static_cast<std::size_t>(got));
  } else if (got == 0) {
    tell(asio::error::eof, 0);
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    may_have_more_ = false;
  } else {
    tell(last_error(), 0);
  }
}

void SocketTransport::tell(const error_code& error, std::size_t bytes) noexcept {
  std::exchange(reader_, nullptr)->read_done(error, bytes);
}

std::size_t SocketTransport::write_now(asio::const_buffer buffer) noexcept {
  const auto sent = send_now(socket_.get(), buffer.data(), buffer.size());
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

asio::awaitable<void> SocketTransport::write(asio::const_buffer buffer, error_code& error) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer room(executor, asio::steady_timer::time_point::max());
  while (buffer.size() > 0) {
    if (!socket_) {
      error = asio::error::operation_aborted;
      co_return;
    }
    const auto sent = send_now(socket_.get(), buffer.data(), buffer.size());
    if (sent >= 0) {
      buffer += static_cast<std::size_t>(sent);
      continue;
    }
    // Room that comes from here on is told of, and room that has come meanwhile, too.
    if ((errno != EAGAIN && errno != EWOULDBLOCK) || !poll_.watch_room(fd(), *this, true)) {
      error = last_error();
      co_return;
    }
    room_ = &room;
    co_await room.async_wait(asio::as_tuple(asio::use_awaitable));
    room_ = nullptr;
    if (socket_) {
      poll_.watch_room(fd(), *this, false);
    }
  }
  error = {};
}

void SocketTransport::finish_sending() {
  ::shutdown(socket_.get(), SHUT_WR);
  // Closing with unread input would reset the connection and could take our last words with it.
  char discarded[4096];
  for (int i = 0; i < 64 && receive_now(socket_.get(), discarded, sizeof discarded) > 0; ++i) {
  }
}

void SocketTransport::close() {
  if (!socket_) {
    return;
  }
  poll_.remove(socket_.get(), *this);
  socket_ = UniqueFd();
  reader_ = nullptr;
  if (room_ != nullptr) {
    room_->cancel();
    poll_.wake();
  }
}

}  // namespace profile_broker::service
