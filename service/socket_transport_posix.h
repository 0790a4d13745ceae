// A connection's Unix socket (transport.h): read when SocketPoll says that something has come,
// written to directly. Owns the socket.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "service/socket_poll_posix.h"
#include "service/transport.h"
#include "service/unique_fd_posix.h"

namespace profile_broker::service {

class SocketTransport final : public Transport, private SocketPoll::Member {
 public:
  // socket is connected and does not block. The executor's context is run by an EventLoop.
  SocketTransport(const boost::asio::any_io_executor& executor, UniqueFd socket);
  ~SocketTransport() override { close(); }

  // Before anything else. False: errno says why.
  bool open() { return poll_.add(socket_.get(), *this); }
  int fd() const { return socket_.get(); }

  void read_some(boost::asio::mutable_buffer buffer, Reader& reader) override;
  std::size_t write_now(boost::asio::const_buffer buffer) noexcept override;
  boost::asio::awaitable<void> write(boost::asio::const_buffer buffer,
                                     boost::system::error_code& error) override;
  void finish_sending() override;
  void close() override;

 private:
  void ready(std::uint32_t events) noexcept override;
  void again() noexcept override { read(); }
  void read() noexcept;
  void tell(const boost::system::error_code& error, std::size_t bytes) noexcept;

  SocketPoll& poll_;
  UniqueFd socket_;
  boost::asio::mutable_buffer buffer_;
  Reader* reader_ = nullptr;                   // while it waits; borrowed
  bool may_have_more_ = false;                 // of which nothing will be told
  bool ended_ = false;                         // by the peer, perhaps behind something unread
  boost::asio::steady_timer* room_ = nullptr;  // of write() while it waits; cancelled to wake it
};

}  // namespace profile_broker::service
