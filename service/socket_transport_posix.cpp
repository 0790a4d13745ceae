// Reading by edges, writing by trying (socket_transport_posix.h).
#include "service/socket_transport_posix.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

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

void SocketTransport::read_some(asio::mutable_buffer buffer, std::shared_ptr<Reader> reader) {
  buffer_ = buffer;
  reader_ = std::move(reader);
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
  if (reader_) {
    read();
  }
}

void SocketTransport::read() noexcept {
  if (!reader_) {
    return;
  }
  if (!socket_) {
    tell(asio::error::operation_aborted, 0);
    return;
  }
  const auto got = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
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
  const auto reader = std::move(reader_);  // which may be all that keeps this
  reader->read_done(error, bytes);
}

std::size_t SocketTransport::write_now(asio::const_buffer buffer) noexcept {
  const auto sent =
      ::send(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
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
    const auto sent =
        ::send(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
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
  for (int i = 0; i < 64 && ::recv(socket_.get(), discarded, sizeof discarded, MSG_DONTWAIT) > 0;
       ++i) {
  }
}

void SocketTransport::close() {
  if (!socket_) {
    return;
  }
  poll_.remove(socket_.get(), *this);
  socket_ = UniqueFd();
  if (room_ != nullptr) {
    room_->cancel();
    poll_.wake();
  }
  if (reader_) {
    poll_.tell_again(*this);
  }
}

}  // namespace profile_broker::service
