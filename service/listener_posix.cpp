// The Unix socket (listener.h): every local user may connect, the kernel says who did (SO_PEERCRED,
// SO_PEERPIDFD). The twin of the named pipe for development, sanitizers and benchmarks.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <tuple>
#include <utility>

#include "proto/endpoint.h"
#include "service/listener.h"
#include "service/process_pin_posix.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr int kPeerPidFd = 77;  // SO_PEERPIDFD of Linux 6.5, newer than Debian 12's headers

class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(stream_protocol::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  void read_some(asio::mutable_buffer buffer, std::shared_ptr<Reader> reader) override {
    socket_.async_read_some(
        buffer, [reader = std::move(reader)](const error_code& error, std::size_t bytes) {
          reader->read_done(error, bytes);
        });
  }

  std::size_t write_now(asio::const_buffer buffer) noexcept override {
    const auto sent =
        ::send(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  asio::awaitable<void> write(asio::const_buffer buffer, error_code& error) override {
    const auto [result, bytes] =
        co_await asio::async_write(socket_, buffer, asio::as_tuple(asio::use_awaitable));
    error = result;
  }

  void finish_sending() override {
    error_code ignored;
    socket_.shutdown(stream_protocol::socket::shutdown_send, ignored);
    // Closing with unread input would reset the connection and could take our last words with it.
    char discarded[4096];
    for (int i = 0;
         i < 64 && ::recv(socket_.native_handle(), discarded, sizeof discarded, MSG_DONTWAIT) > 0;
         ++i) {
    }
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  int fd() { return socket_.native_handle(); }

 private:
  stream_protocol::socket socket_;
};

class SocketPeer final : public Peer {
 public:
  SocketPeer(std::unique_ptr<SocketTransport> transport, std::unique_ptr<ProcessPin> pin,
             const ucred& credentials)
      : transport_(std::move(transport)),
        pin_(std::move(pin)),
        user_(std::to_string(credentials.uid)) {
    caller_.holder = {pin_->key(), user_, pin_->session(), pin_->image()};
    caller_.elevated = credentials.uid == 0;
  }

  Transport& transport() override { return *transport_; }
  std::unique_ptr<ProcessPin> take_pin() override { return std::move(pin_); }
  const std::string& provisional_user() const override { return user_; }
  std::variant<Caller, std::string> blocking_identify(std::string_view) override { return caller_; }

 private:
  std::unique_ptr<SocketTransport> transport_;
  std::unique_ptr<ProcessPin> pin_;
  std::string user_;
  Caller caller_;
};

UniqueFd pidfd_of_peer(int socket, pid_t pid) {
  int pidfd = -1;
  socklen_t size = sizeof pidfd;
  if (::getsockopt(socket, SOL_SOCKET, kPeerPidFd, &pidfd, &size) != 0) {
    pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));  // kernels before 6.5
  }
  return UniqueFd(pidfd);
}

bool is_shortage(const error_code& error) {
  return error == asio::error::no_descriptors ||
         error == boost::system::errc::too_many_files_open_in_system ||
         error == asio::error::no_buffer_space || error == asio::error::no_memory;
}

class SocketListener final : public Listener {
 public:
  SocketListener(stream_protocol::acceptor acceptor, std::string path)
      : acceptor_(std::move(acceptor)), path_(std::move(path)) {
    error_code ignored;
    acceptor_.non_blocking(true, ignored);
  }
  ~SocketListener() override { close(); }

  asio::awaitable<std::variant<std::unique_ptr<Peer>, AcceptTrouble>> accept() override {
    stream_protocol::socket socket(acceptor_.get_executor());
    error_code error;
    if (++at_once_ <= kMostAtOnce) {
      acceptor_.accept(socket, error);
    }
    if (!socket.is_open() && (!error || error == asio::error::would_block)) {
      at_once_ = 0;
      std::tie(error, socket) =
          co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    }
    if (error) {
      co_return AcceptTrouble{"cannot accept a connection: " + error.message(), is_shortage(error)};
    }
    auto transport = std::make_unique<SocketTransport>(std::move(socket));
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(transport->fd(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 ||
        credentials.pid <= 0) {
      co_return AcceptTrouble{"a client's credentials cannot be read"};
    }
    bool may_run = false;
    const auto pid = static_cast<std::uint32_t>(credentials.pid);
    auto pin = processes_.pin_again(acceptor_.get_executor(), pid);
    if (!pin) {
      pin = processes_.pin(acceptor_.get_executor(), pid,
                           pidfd_of_peer(transport->fd(), credentials.pid), may_run);
    }
    if (!pin) {
      const auto who = "process " + std::to_string(credentials.pid);
      co_return may_run
          ? AcceptTrouble{who + " connected and cannot be watched: too few descriptors", true}
          : AcceptTrouble{who + " connected and ended at once"};
    }
    co_return std::make_unique<SocketPeer>(std::move(transport), std::move(pin), credentials);
  }

  void close() override {
    if (acceptor_.is_open()) {
      error_code ignored;
      acceptor_.close(ignored);
      ::unlink(path_.c_str());
    }
  }

 private:
  // When many come, so many are let in before others are served again: the event loop may take a
  // hundred microseconds and more between two looks at the listening socket.
  static constexpr unsigned kMostAtOnce = 8;

  stream_protocol::acceptor acceptor_;
  std::string path_;
  PinnedProcesses processes_;
  unsigned at_once_ = 0;
};

bool somebody_listens(const std::string& path) {
  asio::io_context context;
  stream_protocol::socket probe(context);
  error_code error;
  probe.connect(stream_protocol::endpoint(path), error);
  return !error;
}

}  // namespace

std::variant<std::unique_ptr<Listener>, StartFailure> listen_on(
    const asio::any_io_executor& executor, const std::string& endpoint) {
  constexpr std::size_t kMaxPath = sizeof(sockaddr_un::sun_path) - 1;
  if (endpoint.size() > kMaxPath) {
    return StartFailure{ExitCode::endpoint_unusable,
                        "the socket path has " + std::to_string(endpoint.size()) +
                            " bytes; the limit is " + std::to_string(kMaxPath)};
  }
  struct stat found {};
  if (::lstat(endpoint.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) {
      return StartFailure{ExitCode::endpoint_unusable, endpoint + " exists and is not a socket"};
    }
    if (somebody_listens(endpoint)) {
      return StartFailure{ExitCode::endpoint_in_use,
                          "somebody listens on " + endpoint +
                              " already. Stop it first, or name another with --endpoint"};
    }
    ::unlink(endpoint.c_str());  // left behind by a service that was killed
  }
  stream_protocol::acceptor acceptor(executor);
  error_code error;
  acceptor.open(stream_protocol(), error);
  if (!error) {
    acceptor.bind(stream_protocol::endpoint(endpoint), error);
  }
  // Every user may connect, as on the named pipe.
  if (!error && ::chmod(endpoint.c_str(), 0666) != 0) {
    error.assign(errno, boost::system::system_category());
  }
  if (!error) {
    acceptor.listen(SOMAXCONN, error);
  }
  if (error) {
    return StartFailure{ExitCode::endpoint_unusable, "cannot listen on " + endpoint + ": " +
                                                         error.message() +
                                                         ". Name another socket with --endpoint"};
  }
  return std::make_unique<SocketListener>(std::move(acceptor), endpoint);
}

std::string default_endpoint() {
  const char* runtime_dir = std::getenv("XDG_RUNTIME_DIR");
  return default_socket_path(runtime_dir ? runtime_dir : "");
}

}  // namespace profile_broker::service
