// D-Bus as the load generator speaks it: RequestName, ReleaseName and NameHasOwner of the bus
// itself, marshalled by hand as in the D-Bus Specification ("Message Protocol"), little endian.
// Signals that the bus sends beside its answers (NameAcquired, NameLost) are read and skipped.
#include <array>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include "tests/bench/wire.h"

namespace profile_broker::bench {
namespace {

constexpr std::string_view kBus = "org.freedesktop.DBus";
constexpr std::size_t kFixedHeader = 16;
constexpr char kMethodReturn = 2;
constexpr char kSignal = 4;

void pad(std::string& bytes, std::size_t to) {
  bytes.append((to - bytes.size() % to) % to, '\0');
}

void put_number(std::string& bytes, std::uint32_t number) {
  pad(bytes, 4);
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(number >> shift));
  }
}

void put_string(std::string& bytes, std::string_view text) {
  put_number(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.append(text).push_back('\0');
}

void put_field(std::string& fields, char code, char type, std::string_view text) {
  pad(fields, 8);
  fields.append({code, 1, type, 0});
  if (type == 'g') {
    fields.push_back(static_cast<char>(text.size()));
    fields.append(text).push_back('\0');
  } else {
    put_string(fields, text);
  }
}

std::string method_call(std::string_view member, std::string_view signature,
                        const std::string& body) {
  std::string fields;
  put_field(fields, 1, 'o', "/org/freedesktop/DBus");
  put_field(fields, 2, 's', kBus);
  put_field(fields, 3, 's', member);
  put_field(fields, 6, 's', kBus);
  if (!signature.empty()) {
    put_field(fields, 8, 'g', signature);
  }
  std::string message = {'l', 1, 0, 1};
  put_number(message, static_cast<std::uint32_t>(body.size()));
  put_number(message, 7);
  put_number(message, static_cast<std::uint32_t>(fields.size()));
  message += fields;
  pad(message, 8);
  return message + body;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

// 0 when it is not complete.
std::size_t message_bytes(std::string_view bytes) {
  if (bytes.size() < kFixedHeader) {
    return 0;
  }
  const std::size_t fields = number_at(bytes, 12);
  const std::size_t whole = (kFixedHeader + fields + 7) / 8 * 8 + number_at(bytes, 4);
  return whole <= bytes.size() ? whole : 0;
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
    if (heard.substr(0, 3) != "OK " ||
        !send_all(socket, "BEGIN\r\n" + method_call("Hello", {}, {}))) {
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
    std::string body;
    put_string(body, name);
    switch (operation) {
      case Operation::acquire:
        put_number(body, 4);  // DBUS_NAME_FLAG_DO_NOT_QUEUE
        return method_call("RequestName", "su", body);
      case Operation::release:
        return method_call("ReleaseName", "s", body);
      case Operation::query:
        break;
    }
    return method_call("NameHasOwner", "s", body);
  }

  std::optional<std::size_t> answer(std::string_view bytes, Operation /*operation*/,
                                    std::size_t /*request_bytes*/) const override {
    std::size_t at = 0;
    while (const std::size_t length = message_bytes(bytes.substr(at))) {
      const char type = bytes[at + 1];
      at += length;
      if (type == kMethodReturn) {
        return at;
      }
      if (type != kSignal) {
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
