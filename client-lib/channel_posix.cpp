// A Unix stream socket behind channel.h: non-blocking, waited for with poll.
#include "client-lib/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "client-lib/server_trust.h"

namespace profile_broker::client {

struct Channel::Handles {
  int socket = -1;

  explicit Handles(int owned) : socket(owned) {}
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() { ::close(socket); }

  std::optional<ChannelError> wait_for(short event, Deadline deadline) const {
    for (;;) {
      pollfd waited{socket, event, 0};
      const int ready = ::poll(&waited, 1, milliseconds_until(deadline));
      if (ready > 0) {
        return std::nullopt;  // also on an error: the next call of send or recv names it
      }
      if (ready == 0) {
        return ChannelError::timed_out;
      }
      if (errno != EINTR) {
        return ChannelError::broken;
      }
    }
  }
};

Channel::Channel(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Channel::Channel(Channel&&) noexcept = default;
Channel& Channel::operator=(Channel&&) noexcept = default;
Channel::~Channel() = default;

std::variant<Channel, ChannelError> Channel::open(const Endpoint& endpoint, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!is_local_address(endpoint.address)) {
    return ChannelError::not_installed;
  }
  endpoint.address.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    return ChannelError::not_running;
  }
  auto handles = std::make_unique<Handles>(fd);
  while (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == EACCES || errno == EPERM) {
      return ChannelError::denied;
    }
    if (errno != EAGAIN && errno != EINTR) {
      return is_service_installed(endpoint) ? ChannelError::not_running
                                            : ChannelError::not_installed;
    }
    if (milliseconds_until(deadline) == 0) {
      return ChannelError::timed_out;
    }
    ::poll(nullptr, 0, 5);  // the listener's queue is full
  }
  const auto owner = owner_of_server(fd);
  const auto& trusted = endpoint.trusted_owners;
  if (!owner || std::find(trusted.begin(), trusted.end(), *owner) == trusted.end()) {
    return ChannelError::untrusted;
  }
  return Channel(std::move(handles));
}

std::optional<ChannelError> Channel::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(handles_->socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (const auto error = handles_->wait_for(POLLOUT, deadline)) {
        return error;
      }
    } else if (errno != EINTR) {
      return ChannelError::broken;
    }
  }
  return std::nullopt;
}

std::variant<std::size_t, ChannelError> Channel::read(char* buffer, std::size_t size,
                                                      Deadline deadline) {
  for (;;) {
    const auto got = ::recv(handles_->socket, buffer, size, 0);
    if (got > 0) {
      return static_cast<std::size_t>(got);
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      return ChannelError::broken;
    }
    if (const auto error = handles_->wait_for(POLLIN, deadline)) {
      return *error;
    }
  }
}

}  // namespace profile_broker::client
