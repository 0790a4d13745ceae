#include "service/pipe_transport_win.h"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/object_handle.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "service/handle_win.h"
#include "service/pipe_security_win.h"

namespace profile_broker::service {
namespace {

using boost::system::error_code;

// The client closed its end, in the words that Windows has for it.
bool is_end_of_pipe(const error_code& error) {
  return error.category() == boost::asio::error::get_system_category() &&
         (error.value() == ERROR_BROKEN_PIPE || error.value() == ERROR_PIPE_NOT_CONNECTED ||
          error.value() == ERROR_NO_DATA);
}

}  // namespace

// A write that nobody waits for. Windows sends no packet to the completion port for it: an event
// with its lowest bit set asks for that (GetQueuedCompletionStatus, Remarks). So an answer takes
// one wait less, under Wine one of six calls of its server.
class PipeTransport::EarlyWrite {
 public:
  explicit EarlyWrite(boost::asio::windows::stream_handle& pipe)
      : pipe_(pipe), ended_(pipe.get_executor()) {
    KernelHandle event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    error_code trouble;
    if (event) {
      ended_.assign(event.get(), trouble);
    }
    if (event && !trouble) {
      static_cast<void>(event.release());  // ended_ closes it
    }
  }
  EarlyWrite(const EarlyWrite&) = delete;
  EarlyWrite& operator=(const EarlyWrite&) = delete;
  ~EarlyWrite() = default;

  bool under_way() const { return !bytes_.empty(); }

  // False: Windows does not take it, or there is no event to end it with.
  bool begin(boost::asio::const_buffer buffer) {
    if (!ended_.is_open()) {
      return false;
    }
    bytes_.assign(static_cast<const char*>(buffer.data()), buffer.size());
    operation_ = {};
    operation_.hEvent = reinterpret_cast<HANDLE>(
        reinterpret_cast<std::uintptr_t>(ended_.native_handle()) | kNoPacket);
    if (WriteFile(pipe_.native_handle(), bytes_.data(), static_cast<DWORD>(bytes_.size()), nullptr,
                  &operation_) != FALSE) {
      bytes_.clear();
      return true;
    }
    if (GetLastError() == ERROR_IO_PENDING) {
      return true;
    }
    bytes_.clear();
    return false;
  }

  boost::asio::awaitable<void> wait(error_code& error) {
    co_await ended_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    if (!error) {
      error = look();
    }
  }

  // How it has ended, if it has.
  error_code look() {
    if (!under_way() || !HasOverlappedIoCompleted(&operation_)) {
      return {};
    }
    return result(FALSE);
  }

  // Waits for Windows alone: whoever calls has cancelled what is under way on the pipe.
  void wait_for_cancel() {
    if (under_way()) {
      static_cast<void>(result(TRUE));
    }
    error_code ignored;
    ended_.cancel(ignored);
  }

 private:
  static constexpr std::uintptr_t kNoPacket = 1;

  error_code result(BOOL wait) {
    DWORD written = 0;
    const bool good =
        GetOverlappedResult(pipe_.native_handle(), &operation_, &written, wait) != FALSE;
    const error_code error = good ? error_code()
                                  : error_code(static_cast<int>(GetLastError()),
                                               boost::asio::error::get_system_category());
    bytes_.clear();
    return error;
  }

  boost::asio::windows::stream_handle& pipe_;
  boost::asio::windows::object_handle ended_;
  OVERLAPPED operation_{};
  std::string bytes_;  // not empty: under way
};

PipeTransport::PipeTransport(boost::asio::windows::stream_handle pipe)
    : pipe_(std::move(pipe)), early_(std::make_unique<EarlyWrite>(pipe_)) {}

PipeTransport::~PipeTransport() {
  close();
}

// The reader is kept: with the buffer, into which Windows may write until it says that it does not
// any more, with the connection, and with this transport.
void PipeTransport::read_some(boost::asio::mutable_buffer buffer, Reader& reader) {
  pipe_.async_read_some(
      buffer, [this, buffer, reader = reader.kept()](const error_code& error, std::size_t bytes) {
        // A client's write of no bytes ends a read of the server with no bytes: that is no end of
        // stream.
        if (!error && bytes == 0 && buffer.size() != 0) {
          read_again(buffer, *reader);
        } else {
          reader->read_done(is_end_of_pipe(error) ? boost::asio::error::eof : error, bytes);
        }
      });
}

void PipeTransport::read_again(boost::asio::mutable_buffer buffer, Reader& reader) noexcept try {
  read_some(buffer, reader);
} catch (const std::exception&) {
  reader.read_done(boost::asio::error::no_memory, 0);
}

std::size_t PipeTransport::write_now(boost::asio::const_buffer buffer) noexcept try {
  if (buffer.size() == 0 || buffer.size() > kPipeBufferBytes || early_error_) {
    return 0;
  }
  early_error_ = early_->look();
  return !early_error_ && !early_->under_way() && early_->begin(buffer) ? buffer.size() : 0;
} catch (const std::exception&) {  // no memory: write() will try it
  return 0;
}

boost::asio::awaitable<void> PipeTransport::write(boost::asio::const_buffer buffer,
                                                  error_code& error) {
  if (!early_error_ && early_->under_way()) {
    co_await early_->wait(early_error_);
  }
  if (early_error_) {
    error = early_error_;
    co_return;
  }
  co_await boost::asio::async_write(pipe_, buffer,
                                    boost::asio::redirect_error(boost::asio::use_awaitable, error));
}

void PipeTransport::finish_sending() {}

void PipeTransport::close() {
  if (!pipe_.is_open()) {
    return;
  }
  error_code ignored;
  pipe_.cancel(ignored);
  early_->wait_for_cancel();
  // No FlushFileBuffers and no DisconnectNamedPipe: the first waits for a silent client forever,
  // the second takes back what the client has not read yet.
  pipe_.close(ignored);
}

}  // namespace profile_broker::service
