// The wires that need only a few lines: the bare echo, the broker's own, and Redis (RESP2).
#include <cstdio>

#include <sys/socket.h>

#include "proto/framing.h"
#include "tests/bench/wire.h"

namespace profile_broker::bench {
namespace {

std::string uuid_of(std::uint64_t entry) {
  char text[40];
  std::snprintf(text, sizeof text, "%08llx-0000-4000-8000-%012llx",
                static_cast<unsigned long long>(entry >> 32),
                static_cast<unsigned long long>(entry & 0xFFFFFFFF));
  return text;
}

// As long as the broker's frames are, so that the kernel moves the same bytes for both.
class BrokerWire final : public Wire {
 public:
  std::string request(Operation operation, std::uint64_t entry) const override {
    std::string content;
    switch (operation) {
      case Operation::acquire:
        content = R"({"jsonrpc":"2.0","id":7,"method":"reference/acquire","params":{"profile":")" +
                  entry_name(entry) + R"(","reference":")" + uuid_of(entry) + R"("}})";
        break;
      case Operation::release:
        content =
            R"({"jsonrpc":"2.0","id":7,"method":"reference/release","params":{"reference":")" +
            uuid_of(entry) + R"("}})";
        break;
      case Operation::query:
        content = R"({"jsonrpc":"2.0","id":7,"method":"profile/query","params":{"profile":")" +
                  entry_name(entry) + R"("}})";
        break;
    }
    std::string frame;
    append_frame(frame, content);
    return frame;
  }

  std::optional<std::size_t> answer(std::string_view bytes, Operation /*operation*/,
                                    std::size_t /*request_bytes*/) const override {
    constexpr std::string_view kHeader = "Content-Length: ";
    constexpr std::string_view kGood = R"({"jsonrpc":"2.0","id":7,"result":)";
    std::size_t length = 0;
    std::size_t at = kHeader.size();
    for (; at < bytes.size() && bytes[at] != '\r'; ++at) {
      length = length * 10 + static_cast<std::size_t>(bytes[at] - '0');
    }
    at += 4;
    if (bytes.size() < at + length || at + length < kGood.size()) {
      return 0;
    }
    if (bytes.substr(at, kGood.size()) != kGood) {
      return std::nullopt;
    }
    return at + length;
  }
};

class EchoWire final : public Wire {
 public:
  std::string request(Operation operation, std::uint64_t entry) const override {
    return like_.request(operation, entry);
  }
  std::optional<std::size_t> answer(std::string_view bytes, Operation /*operation*/,
                                    std::size_t request_bytes) const override {
    return bytes.size() < request_bytes ? 0 : request_bytes;
  }

 private:
  BrokerWire like_;
};

// SET NX and DEL: a reference without an owner, which nobody takes away when its holder dies.
class RedisWire final : public Wire {
 public:
  std::string request(Operation operation, std::uint64_t entry) const override {
    const std::string key = "$36\r\n" + entry_name(entry) + "\r\n";
    switch (operation) {
      case Operation::acquire:
        return "*4\r\n$3\r\nSET\r\n" + key + "$36\r\n" + uuid_of(entry) + "\r\n$2\r\nNX\r\n";
      case Operation::release:
        return "*2\r\n$3\r\nDEL\r\n" + key;
      case Operation::query:
        break;
    }
    return "*2\r\n$6\r\nEXISTS\r\n" + key;
  }
  std::optional<std::size_t> answer(std::string_view bytes, Operation operation,
                                    std::size_t /*request_bytes*/) const override {
    const std::string_view good = operation == Operation::acquire   ? "+OK\r\n"
                                  : operation == Operation::release ? ":1\r\n"
                                                                    : ":";
    const auto end = bytes.find("\r\n");
    if (end == std::string_view::npos) {
      return 0;
    }
    return bytes.substr(0, good.size()) == good ? std::optional(end + 2) : std::nullopt;
  }
};

}  // namespace

std::string entry_name(std::uint64_t entry) {
  char text[40];
  std::snprintf(text, sizeof text, "Gateway profile of mailbox %09llu",
                static_cast<unsigned long long>(entry));
  return text;
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

std::unique_ptr<Wire> wire_named(std::string_view name) {
  if (name == "echo") {
    return std::make_unique<EchoWire>();
  }
  if (name == "broker") {
    return std::make_unique<BrokerWire>();
  }
  if (name == "redis") {
    return std::make_unique<RedisWire>();
  }
  if (name == "dbus") {
    return dbus_wire();
  }
  if (name == "etcd") {
    return etcd_wire();
  }
  return nullptr;
}

}  // namespace profile_broker::bench
