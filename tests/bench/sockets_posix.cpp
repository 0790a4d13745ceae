// Connecting, asking and filling over blocking sockets (sockets_posix.h).
#include "tests/bench/sockets_posix.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace profile_broker::bench {
namespace {

int socket_to(const std::string& endpoint) {
  if (endpoint.find('/') == std::string::npos) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(tcp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(tcp, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return tcp;
    }
    ::close(tcp);
    return -1;
  }
  const sockaddr_un address = local_address(endpoint);
  const int local = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(local, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return local;
  }
  ::close(local);
  return -1;
}

}  // namespace

sockaddr_un local_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

int connected(const Wire& wire, const std::string& endpoint) {
  const int socket = socket_to(endpoint);
  if (socket >= 0 && wire.greet(socket)) {
    return socket;
  }
  if (socket >= 0) {
    ::close(socket);
  }
  return -1;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_more(int socket, std::string& bytes) {
  char more[4096];
  const auto got = ::recv(socket, more, sizeof more, 0);
  if (got <= 0) {
    return false;
  }
  bytes.append(more, static_cast<std::size_t>(got));
  return true;
}

bool ask(const Wire& wire, int socket, const std::string& request, std::string& answer) {
  answer.clear();
  if (!send_all(socket, request)) {
    return false;
  }
  for (;;) {
    const auto length = wire.answer(answer, Operation::query, request.size());
    if (!length || *length > 0) {
      return true;
    }
    if (!receive_more(socket, answer)) {
      return false;
    }
  }
}

std::string fill(const Wire& wire, int socket, std::uint64_t first, std::uint64_t count) {
  constexpr std::uint64_t kAtOnce = 64;
  std::string unread;
  for (std::uint64_t done = 0; done < count;) {
    const auto batch = std::min(kAtOnce, count - done);
    std::string bytes;
    std::vector<std::size_t> sizes;
    for (std::uint64_t i = 0; i < batch; ++i) {
      const auto request = wire.request(Operation::acquire, first + done + i);
      sizes.push_back(request.size());
      bytes += request;
    }
    if (!send_all(socket, bytes)) {
      return "the server closed the connection";
    }
    for (std::uint64_t answered = 0; answered < batch;) {
      const auto length = wire.answer(unread, Operation::acquire, sizes[answered]);
      if (!length) {
        return "a wrong answer: " + unread.substr(0, 300);
      }
      unread.erase(0, *length);
      answered += *length > 0 ? 1 : 0;
      if (*length == 0 && !receive_more(socket, unread)) {
        return "the server closed the connection";
      }
    }
    done += batch;
  }
  return {};
}

}  // namespace profile_broker::bench
