// A connected named pipe as a byte stream.
#pragma once

#include <boost/asio/windows/stream_handle.hpp>
#include <memory>

#include "service/transport.h"

namespace profile_broker::service {

class PipeTransport final : public Transport {
 public:
  explicit PipeTransport(boost::asio::windows::stream_handle pipe);
  ~PipeTransport() override;
  PipeTransport(const PipeTransport&) = delete;
  PipeTransport& operator=(const PipeTransport&) = delete;

  void read_some(boost::asio::mutable_buffer buffer, Reader& reader) override;
  // Windows has no write to a pipe that takes what fits and gives back the rest. So this one copies
  // what an empty pipe holds and hands it to Windows: what finds room is on its way when this
  // returns, also when close() follows. Nothing (0) while an earlier one waits for room, and of
  // what is larger: that is for write(), which has a deadline.
  std::size_t write_now(boost::asio::const_buffer buffer) noexcept override;
  // Waits for an earlier write_now() first.
  boost::asio::awaitable<void> write(boost::asio::const_buffer buffer,
                                     boost::system::error_code& error) override;
  // A pipe has no half close, and needs none: what lies in the pipe stays readable for the client
  // after close(), which ends the stream for it.
  void finish_sending() override;
  void close() override;

  // Borrowed; INVALID_HANDLE_VALUE after close().
  HANDLE pipe() { return pipe_.native_handle(); }

 private:
  void read_again(boost::asio::mutable_buffer buffer, Reader& reader) noexcept;

  class EarlyWrite;  // of write_now()

  boost::asio::windows::stream_handle pipe_;
  std::unique_ptr<EarlyWrite> early_;
  boost::system::error_code early_error_;
};

}  // namespace profile_broker::service
