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
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "proto/endpoint.h"
#include "service/listener.h"
#include "service/process_pin_posix.h"
#include "service/socket_transport_posix.h"

namespace profile_broker::service {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr int kPeerPidFd = 77;  // SO_PEERPIDFD of Linux 6.5, newer than Debian 12's headers

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

AcceptTrouble cannot_accept(const error_code& error) {
  return {"cannot accept a connection: " + error.message(), is_shortage(error)};
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
    UniqueFd socket;
    while (!socket) {
      if (++at_once_ <= kMostAtOnce) {
        socket = UniqueFd(
            ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket || errno == EINTR || errno == ECONNABORTED) {
          continue;
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
          co_return cannot_accept({errno, boost::system::system_category()});
        }
      }
      at_once_ = 0;
      const auto [error] = co_await acceptor_.async_wait(stream_protocol::acceptor::wait_read,
                                                         asio::as_tuple(asio::use_awaitable));
      if (error) {
        co_return cannot_accept(error);
      }
    }
    const auto executor = acceptor_.get_executor();
    auto transport = std::make_unique<SocketTransport>(executor, std::move(socket));
    if (!transport->open()) {
      co_return cannot_accept({errno, boost::system::system_category()});
    }
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(transport->fd(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 ||
        credentials.pid <= 0) {
      co_return AcceptTrouble{"a client's credentials cannot be read"};
    }
    bool may_run = false;
    const auto pid = static_cast<std::uint32_t>(credentials.pid);
    auto pin = processes_.pin_again(executor, pid);
    if (!pin) {
      pin = processes_.pin(executor, pid, pidfd_of_peer(transport->fd(), credentials.pid), may_run);
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
