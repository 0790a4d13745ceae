#include "service/pipe_transport_win.h"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <string>
#include <utility>

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

struct PipeTransport::EarlyWrite {
  explicit EarlyWrite(const boost::asio::any_io_executor& executor)
      : ended(executor, boost::asio::steady_timer::time_point::max()) {}

  std::string bytes;  // not empty: under way
  error_code error;
  boost::asio::steady_timer ended;  // cancelled when it ends
};

PipeTransport::PipeTransport(boost::asio::windows::stream_handle pipe)
    : pipe_(std::move(pipe)), early_(std::make_shared<EarlyWrite>(pipe_.get_executor())) {}

PipeTransport::~PipeTransport() {
  close();
}

void PipeTransport::read_some(boost::asio::mutable_buffer buffer, std::shared_ptr<Reader> reader) {
  pipe_.async_read_some(buffer, [this, buffer, reader = std::move(reader)](
                                    const error_code& error, std::size_t bytes) mutable {
    // A client's write of no bytes ends a read of the server with no bytes: that is no end of
    // stream.
    if (!error && bytes == 0 && buffer.size() != 0) {
      read_again(buffer, reader);
    } else {
      reader->read_done(is_end_of_pipe(error) ? boost::asio::error::eof : error, bytes);
    }
  });
}

// The reader keeps the connection, and that this transport.
void PipeTransport::read_again(boost::asio::mutable_buffer buffer,
                               const std::shared_ptr<Reader>& reader) noexcept try {
  read_some(buffer, reader);
} catch (const std::exception&) {
  reader->read_done(boost::asio::error::no_memory, 0);
}

std::size_t PipeTransport::write_now(boost::asio::const_buffer buffer) noexcept try {
  if (buffer.size() == 0 || buffer.size() > kPipeBufferBytes || !early_->bytes.empty() ||
      early_->error) {
    return 0;
  }
  early_->bytes.assign(static_cast<const char*>(buffer.data()), buffer.size());
  boost::asio::async_write(pipe_, boost::asio::buffer(early_->bytes),
                           [early = early_](const error_code& error, std::size_t) {
                             early->bytes.clear();
                             early->error = error;
                             early->ended.cancel();
                           });
  return buffer.size();
} catch (const std::exception&) {  // no memory: write() will try it
  early_->bytes.clear();
  return 0;
}

boost::asio::awaitable<void> PipeTransport::write(boost::asio::const_buffer buffer,
                                                  error_code& error) {
  while (!early_->bytes.empty()) {
    error_code woken;
    co_await early_->ended.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
  if (early_->error) {
    error = early_->error;
    co_return;
  }
  co_await boost::asio::async_write(pipe_, buffer,
                                    boost::asio::redirect_error(boost::asio::use_awaitable, error));
}

void PipeTransport::finish_sending() {}

void PipeTransport::close() {
  error_code ignored;
  pipe_.cancel(ignored);
  // No FlushFileBuffers and no DisconnectNamedPipe: the first waits for a silent client forever,
  // the second takes back what the client has not read yet.
  pipe_.close(ignored);
}

}  // namespace profile_broker::service
