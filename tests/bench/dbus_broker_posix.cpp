// Runs dbus-broker on a socket of its own, without the launcher that Debian starts through systemd.
// dbus-broker itself only serves; who may connect where it is told by a controller, over D-Bus
// (org.bus1.DBus.Broker.AddListener, as in test/dbus/util-broker.c of its sources, version 33).
// This process becomes dbus-broker, so that its process id is the one whose time is taken; a child
// stays behind as the controller, whose policy allows everything to everybody, and ends with it.
//   bench-dbus-broker SOCKET_PATH
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bench/dbus_message.h"

namespace {

using profile_broker::bench::dbus_call;
using profile_broker::bench::dbus_message_bytes;
using profile_broker::bench::DbusWriter;
using profile_broker::bench::kDbusMethodReturn;

int listening_at(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof address.sun_path) {
    return -1;
  }
  std::strcpy(address.sun_path, path);
  ::unlink(path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const bool good =
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, SOMAXCONN) == 0;
  return good ? listener : -1;
}

// Rules of who may connect, own names, send and receive: one each, which allows it.
void put_rules(DbusWriter& body) {
  const auto transmission = [&body] {
    body.structure().number(1).long_number(1).text("").text("").text("").text("");
    body.number(0).number(0).long_number(0).long_number(std::numeric_limits<std::uint64_t>::max());
  };
  body.structure().number(1).long_number(1);
  body.array_of_structures(
      [&body] { body.structure().number(1).long_number(1).number(1).text(""); });
  body.array_of_structures(transmission);
  body.array_of_structures(transmission);
}

std::string add_listener() {
  const std::string rules = "(bta(btbs)a(btssssuutt)a(btssssuutt))";
  constexpr std::uint32_t kEverybody = 0xFFFFFFFF;
  DbusWriter body;
  body.text("/org/bus1/DBus/Listener/0").number(0);  // the first descriptor beside the message
  body.signature("(a(u" + rules + ")a(buu" + rules + ")a(ss)bs)").structure();
  body.array_of_structures([&body] {
    body.structure().number(kEverybody);
    put_rules(body);
  });
  body.array_of_structures([] {});  // groups
  body.array_of_structures([] {});  // SELinux contexts of names
  body.number(0).text("session");   // no AppArmor
  return dbus_call({"/org/bus1/DBus/Broker", "org.bus1.DBus.Broker", "AddListener", "", "ohv", 1},
                   body.bytes());
}

bool send_with_descriptor(int socket, const std::string& bytes, int descriptor) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

bool receive_more(int socket, std::string& heard) {
  std::array<char, 4096> more;
  const auto got = ::recv(socket, more.data(), more.size(), 0);
  if (got > 0) {
    heard.append(more.data(), static_cast<std::size_t>(got));
  }
  return got > 0;
}

// Hands over the listening socket, and stays: without its controller dbus-broker ends.
int control(int socket, int listener) {
  using namespace std::string_literals;
  const auto greeting = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"s;
  std::string heard;
  bool good = ::send(socket, greeting.data(), greeting.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(greeting.size());
  constexpr std::string_view kAgreed = "AGREE_UNIX_FD\r\n";
  while (good && heard.find(kAgreed) == std::string::npos) {
    good = receive_more(socket, heard);
  }
  heard.clear();
  good = good && send_with_descriptor(socket, add_listener(), listener);
  while (good && dbus_message_bytes(heard) == 0) {
    good = receive_more(socket, heard);
  }
  ::close(listener);
  if (!good || heard[1] != kDbusMethodReturn) {
    std::fprintf(stderr, "bench-dbus-broker: dbus-broker does not take the socket: %s\n",
                 heard.c_str());
    return 1;
  }
  while (receive_more(socket, heard)) {
    heard.clear();
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: bench-dbus-broker SOCKET_PATH\n");
    return 2;
  }
  const int listener = listening_at(arguments[1]);
  int ends[2];
  if (listener < 0 || ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
    std::perror(arguments[1]);
    return 1;
  }
  if (::fork() == 0) {
    ::close(ends[0]);
    return control(ends[1], listener);
  }
  ::close(ends[1]);
  const auto controller = std::to_string(ends[0]);
  ::execlp("dbus-broker", "dbus-broker", "--controller", controller.c_str(), "--machine-id",
           "0123456789abcdef0123456789abcdef", "--max-matches", "10000000", "--max-objects",
           "10000000", "--max-bytes", "10000000000", "--max-fds", "1000000", nullptr);
  std::perror("dbus-broker");
  return 1;
}
