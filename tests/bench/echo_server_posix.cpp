// The limit that everything is measured against: a server that sends back what it has read, with
// epoll and nothing else. One thread, as the broker. Ends when it is killed.
//   bench-echo SOCKET_PATH
#include <cstdio>
#include <cstring>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr int kEventsAtOnce = 64;
constexpr std::size_t kReadBytes = 65'536;

int listening_at(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof address.sun_path) {
    return -1;
  }
  std::strcpy(address.sun_path, path);
  ::unlink(path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool good =
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, SOMAXCONN) == 0;
  return good ? listener : -1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: bench-echo SOCKET_PATH\n");
    return 2;
  }
  const int listener = listening_at(arguments[1]);
  if (listener < 0) {
    std::perror(arguments[1]);
    return 1;
  }
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  const auto watch = [poll](int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    ::epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
  };
  watch(listener);
  std::vector<char> bytes(kReadBytes);
  epoll_event events[kEventsAtOnce];
  for (;;) {
    const int ready = ::epoll_wait(poll, events, kEventsAtOnce, -1);
    for (int i = 0; i < ready; ++i) {
      const int peer = events[i].data.fd;
      if (peer == listener) {
        watch(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        continue;
      }
      const auto got = ::recv(peer, bytes.data(), bytes.size(), 0);
      if (got <= 0 ||
          ::send(peer, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) {
        ::close(peer);
      }
    }
  }
}
