// What the service asks of the kernel for every request: to wait, to receive, to send. As the C
// library's functions of these names, but no points at which a thread can be cancelled: being one
// costs each of those three calls some 30 ns, and nobody cancels the service's thread.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace profile_broker::service {

// Neither of the two ever waits. -1: errno says why.
inline long receive_now(int socket, void* to, std::size_t bytes) noexcept {
  return ::syscall(SYS_recvfrom, socket, to, bytes, MSG_DONTWAIT, nullptr, nullptr);
}
inline long send_now(int socket, const void* from, std::size_t bytes) noexcept {
  return ::syscall(SYS_sendto, socket, from, bytes, MSG_DONTWAIT | MSG_NOSIGNAL, nullptr, 0);
}

// How many of events came; milliseconds: -1 waits for as long as it takes.
inline int wait_for_events(int epoll, epoll_event* events, int most, int milliseconds) noexcept {
  return static_cast<int>(
      ::syscall(SYS_epoll_pwait, epoll, events, most, milliseconds, nullptr, 0));
}

}  // namespace profile_broker::service
