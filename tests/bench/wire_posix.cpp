// Which wires there are, and Redis's (RESP2), which needs only a few lines.
#include "tests/bench/wire.h"

namespace profile_broker::bench {
namespace {

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

std::unique_ptr<Wire> wire_named(std::string_view name) {
  if (name == "echo") {
    return echo_wire();
  }
  if (name == "broker") {
    return broker_wire();
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
