// What a server costs beside the bare echo that leaves reading to Boost.Asio, which the broker
// does not do on Linux (service/socket_poll_posix.h): it sends back what it has read (one thread,
// reads by callback, writes at once), and nothing else. Ends when it is killed.
//   bench-asio-echo SOCKET_PATH
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdio>
#include <exception>
#include <memory>

namespace {

using boost::asio::local::stream_protocol;
using boost::system::error_code;

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  explicit Peer(stream_protocol::socket socket) : socket_(std::move(socket)) {
    socket_.non_blocking(true);
  }

  void read() {
    socket_.async_read_some(boost::asio::buffer(bytes_),
                            [self = shared_from_this()](const error_code& error, std::size_t got) {
                              error_code unsent = error;
                              if (!unsent) {
                                self->socket_.write_some(boost::asio::buffer(self->bytes_, got),
                                                         unsent);
                              }
                              if (!unsent) {
                                self->read();
                              }
                            });
  }

 private:
  stream_protocol::socket socket_;
  std::array<char, 4'096> bytes_;
};

void accept(stream_protocol::acceptor& listener) {
  listener.async_accept([&](const error_code& error, stream_protocol::socket socket) {
    if (!error) {
      std::make_shared<Peer>(std::move(socket))->read();
    }
    accept(listener);
  });
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 2) {
    std::fprintf(stderr, "usage: bench-asio-echo SOCKET_PATH\n");
    return 2;
  }
  ::unlink(arguments[1]);
  boost::asio::io_context context(1);
  stream_protocol::acceptor listener(context, stream_protocol::endpoint(arguments[1]));
  accept(listener);
  context.run();
  return 0;
} catch (const std::exception& trouble) {
  std::fprintf(stderr, "bench-asio-echo: %s\n", trouble.what());
  return 1;
}
