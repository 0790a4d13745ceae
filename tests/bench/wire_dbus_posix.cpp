// D-Bus as the load generator speaks it: RequestName, ReleaseName and NameHasOwner of the bus
// itself. Signals that the bus sends beside its answers (NameAcquired, NameLost) are read and
// skipped.
#include <cstdio>

#include <unistd.h>

#include "tests/bench/dbus_message.h"
#include "tests/bench/sockets_posix.h"
#include "tests/bench/wire.h"

namespace profile_broker::bench {
namespace {

constexpr std::string_view kBus = "org.freedesktop.DBus";

std::string call_of_bus(std::string_view member, std::string_view signature,
                        const DbusWriter& body = {}) {
  return dbus_call({"/org/freedesktop/DBus", kBus, member, kBus, signature}, body.bytes());
}

class DbusWire final : public Wire {
 public:
  bool greet(int socket) const override {
    std::string uid;
    for (const char digit : std::to_string(::geteuid())) {
      char hex[3];
      std::snprintf(hex, sizeof hex, "%02x", static_cast<unsigned>(digit));
      uid += hex;
    }
    std::string heard;
    using namespace std::string_literals;
    if (!send_all(socket, "\0AUTH EXTERNAL "s + uid + "\r\n")) {
      return false;
    }
    while (heard.find("\r\n") == std::string::npos) {
      if (!receive_more(socket, heard)) {
        return false;
      }
    }
    if (heard.substr(0, 3) != "OK " || !send_all(socket, "BEGIN\r\n" + call_of_bus("Hello", {}))) {
      return false;
    }
    heard.clear();
    while (!answer(heard, Operation::acquire, 0).value_or(1)) {
      if (!receive_more(socket, heard)) {
        return false;
      }
    }
    return true;
  }

  std::string request(Operation operation, std::uint64_t entry) const override {
    char name[40];
    std::snprintf(name, sizeof name, "org.gateway.profile.mailbox%09llu",
                  static_cast<unsigned long long>(entry));
    DbusWriter body;
    body.text(name);
    switch (operation) {
      case Operation::acquire:
        body.number(4);  // DBUS_NAME_FLAG_DO_NOT_QUEUE
        return call_of_bus("RequestName", "su", body);
      case Operation::release:
        return call_of_bus("ReleaseName", "s", body);
      case Operation::query:
        break;
    }
    return call_of_bus("NameHasOwner", "s", body);
  }

  std::optional<std::size_t> answer(std::string_view bytes, Operation /*operation*/,
                                    std::size_t /*request_bytes*/) const override {
    std::size_t at = 0;
    while (const std::size_t length = dbus_message_bytes(bytes.substr(at))) {
      const char type = bytes[at + 1];
      at += length;
      if (type == kDbusMethodReturn) {
        return at;
      }
      if (type != kDbusSignal) {
        return std::nullopt;
      }
    }
    return 0;
  }
};

}  // namespace

std::unique_ptr<Wire> dbus_wire() {
  return std::make_unique<DbusWire>();
}

}  // namespace profile_broker::bench
