// The broker's own wire and the bare echo's, which are sent the same bytes. On every platform.
#include <cstdio>

#include "proto/framing.h"
#include "tests/bench/wire.h"

namespace profile_broker::bench {
namespace {

class BrokerWire final : public Wire {
 public:
  std::string request(Operation operation, std::uint64_t entry) const override {
    const std::string profile = R"({"profile":")" + entry_name(entry) + '"';
    const std::string reference = R"("reference":")" + uuid_of(entry) + R"("})";
    switch (operation) {
      case Operation::acquire:
        return broker_request("reference/acquire", profile + ',' + reference);
      case Operation::release:
        return broker_request("reference/release", '{' + reference);
      case Operation::query:
        break;
    }
    return broker_request("profile/query", profile + '}');
  }

  std::vector<std::string> arrival(std::uint64_t entry) const override {
    return {broker_request("broker/hello", R"({"client":"storm","protocol":1})"),
            broker_request("profile/sweep", "{}"), request(Operation::acquire, entry)};
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

// The broker's very bytes, so that the kernel moves the same for both.
class EchoWire final : public Wire {
 public:
  std::string request(Operation operation, std::uint64_t entry) const override {
    return like_.request(operation, entry);
  }
  std::vector<std::string> arrival(std::uint64_t entry) const override {
    return like_.arrival(entry);
  }
  std::optional<std::size_t> answer(std::string_view bytes, Operation /*operation*/,
                                    std::size_t request_bytes) const override {
    return bytes.size() < request_bytes ? 0 : request_bytes;
  }

 private:
  BrokerWire like_;
};

}  // namespace

// Random ones, as programs make them: SplitMix64 of the entry.
std::string uuid_of(std::uint64_t entry) {
  const auto mixed = [](std::uint64_t value) {
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
    value = (value ^ value >> 27) * 0x94D049BB133111EB;
    return value ^ value >> 31;
  };
  const std::uint64_t first = mixed(entry + 0x9E3779B97F4A7C15);
  const std::uint64_t second = mixed(first + entry);
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-8%03x-%012llx",
                static_cast<unsigned>(first >> 32), static_cast<unsigned>(first >> 16 & 0xFFFF),
                static_cast<unsigned>(first & 0xFFF), static_cast<unsigned>(second >> 52),
                static_cast<unsigned long long>(second & 0xFFFFFFFFFFFF));
  return text;
}

std::string entry_name(std::uint64_t entry) {
  char text[40];
  std::snprintf(text, sizeof text, "Gateway profile of mailbox %09llu",
                static_cast<unsigned long long>(entry));
  return text;
}

std::string broker_request(std::string_view method, std::string_view params) {
  std::string frame;
  append_frame(frame, R"({"jsonrpc":"2.0","id":7,"method":")" + std::string(method) +
                          R"(","params":)" + std::string(params) + "}");
  return frame;
}

std::unique_ptr<Wire> broker_wire() {
  return std::make_unique<BrokerWire>();
}

std::unique_ptr<Wire> echo_wire() {
  return std::make_unique<EchoWire>();
}

}  // namespace profile_broker::bench
