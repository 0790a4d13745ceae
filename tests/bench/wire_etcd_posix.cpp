// etcd's HTTP gateway as the load generator speaks it: put, deleterange and range of one key,
// keep-alive. The gateway costs etcd a hop that its gRPC clients do not have; the report says so.
#include <charconv>

#include "tests/bench/wire.h"

namespace profile_broker::bench {
namespace {

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i + 2 < text.size();
       i += 3) {  // entry names have 36 characters: nothing is left over
    const unsigned triple = static_cast<unsigned char>(text[i]) << 16 |
                            static_cast<unsigned char>(text[i + 1]) << 8 |
                            static_cast<unsigned char>(text[i + 2]);
    for (int shift = 18; shift >= 0; shift -= 6) {
      out.push_back(kDigits[triple >> shift & 63]);
    }
  }
  return out;
}

class EtcdWire final : public Wire {
 public:
  std::string request(Operation operation, std::uint64_t entry) const override {
    const std::string key = R"({"key":")" + base64(entry_name(entry)) + '"';
    switch (operation) {
      case Operation::acquire:
        return post("put", key + R"(,"value":"aGVsZA=="})");
      case Operation::release:
        return post("deleterange", key + '}');
      case Operation::query:
        break;
    }
    return post("range", key + '}');
  }

  std::optional<std::size_t> answer(std::string_view bytes, Operation /*operation*/,
                                    std::size_t /*request_bytes*/) const override {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      return 0;
    }
    constexpr std::string_view kLength = "Content-Length: ";
    const auto length_at = bytes.find(kLength);
    if (bytes.substr(0, 12) != "HTTP/1.1 200" || length_at > end) {
      return std::nullopt;
    }
    std::size_t length = 0;
    std::from_chars(bytes.data() + length_at + kLength.size(), bytes.data() + end, length);
    const std::size_t whole = end + 4 + length;
    return bytes.size() < whole ? 0 : whole;
  }

 private:
  static std::string post(std::string_view verb, const std::string& body) {
    return "POST /v3/kv/" + std::string(verb) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

}  // namespace

std::unique_ptr<Wire> etcd_wire() {
  return std::make_unique<EtcdWire>();
}

}  // namespace profile_broker::bench
