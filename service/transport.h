// A connected byte stream, whatever carries it: a named pipe, a Unix socket, a pair of buffers in a
// test. Knows no frames, no deadlines and no peers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>

namespace profile_broker::service {

// Hears how a read ended. A call and no coroutine, because every request waits for one: that
// saves some 5 % of a server's time.
class Reader {
 public:
  virtual void read_done(const boost::system::error_code& error, std::size_t bytes) noexcept = 0;
  // Keeps it and its buffer, for a transport of which the operating system has the buffer for a
  // while after close().
  virtual std::shared_ptr<Reader> kept() = 0;

 protected:
  ~Reader() = default;
};

class Transport {
 public:
  virtual ~Transport() = default;

  // Reads at least one byte, or fails: end of stream is boost::asio::error::eof on every platform.
  // reader is borrowed until it is told, or close() is called; it is told once, and never from
  // within; not at all when this throws (no memory), and after close() perhaps not. One read at a
  // time.
  virtual void read_some(boost::asio::mutable_buffer buffer, Reader& reader) = 0;
  // Writes what can be written without waiting; 0 when nothing can, or when the platform has no
  // such write. An error shows in the next write().
  virtual std::size_t write_now(boost::asio::const_buffer buffer) noexcept = 0;
  // Writes all of it, or sets error.
  virtual boost::asio::awaitable<void> write(boost::asio::const_buffer buffer,
                                             boost::system::error_code& error) = 0;
  // Tells the peer that nothing more comes, and takes back what it still sent, so that what was
  // written last arrives.
  virtual void finish_sending() = 0;
  // Ends every operation under way with an error. Harmless when closed already. Never waits for the
  // peer (FlushFileBuffers on a pipe waits for a silent client forever, CVE-2025-13751).
  virtual void close() = 0;
};

}  // namespace profile_broker::service
