// Mutates the scripts of service_fuzz.cpp by their grammar (service_script.h): steps are put in,
// taken out, moved and repeated, calls are made of the protocol's own methods with few names, UUIDs
// and flags, so that they meet each other. One time in three the bytes are left to libFuzzer, which
// finds what no grammar thinks of.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/script.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace profile_broker::fuzz {
namespace {

class Mutation {
 public:
  explicit Mutation(unsigned seed) : random_(seed) {}

  std::string of(std::string_view script) {
    std::vector<std::string> lines;
    for (const auto line : lines_of(script, 64)) {
      lines.emplace_back(line);
    }
    const unsigned changes = 1 + below(4);
    for (unsigned i = 0; i < changes; ++i) {
      change(lines);
    }
    std::string mutated;
    for (const auto& line : lines) {
      mutated.append(line).push_back('\n');
    }
    return mutated;
  }

 private:
  unsigned below(std::size_t bound) { return static_cast<unsigned>(random_() % bound); }
  template <std::size_t N>
  std::string one_of(const std::array<const char*, N>& choices) {
    return choices[below(N)];
  }

  void change(std::vector<std::string>& lines) {
    const auto at = [&] { return lines.begin() + below(lines.size()); };
    const unsigned what = lines.empty() ? 0 : below(10);
    if (what < 5) {
      lines.insert(lines.begin() + below(lines.size() + 1), step());
    } else if (what == 5) {
      lines.erase(at());
    } else if (what == 6) {
      const std::string again = *at();
      lines.insert(at(), again);
    } else if (what == 7) {
      std::iter_swap(at(), at());
    } else if (auto& line = *at(); line.size() > 2 && what == 8) {
      line[below(2)] = "012345ab"[below(8)];
    } else {
      line = step();
    }
  }

  std::string step() {
    const std::string who = one_of(std::array{"0", "0", "1", "2", "3", "4", "5"});
    const std::string line = who + one_of(std::array{"a", "a", "a", "b"});
    switch (below(16)) {
      case 0:
        return one_of(std::array{"%crash", "%stop", "%full", "%time", "%recovered"});
      case 1:
        return who + "!";
      case 2:
        return line + one_of(std::array{".", "-", "+", "|Content-Le", "<Content-Length: 7", "<"});
      default:
        return line + request();
    }
  }

  std::string request() {
    static constexpr struct {
      const char* method;
      std::array<const char*, 3> params;
    } kCalls[] = {
        {"reference/acquire", {"profile", "reference", "temporary"}},
        {"reference/acquire", {"profile", "reference", "label"}},
        {"reference/release", {"reference", nullptr, nullptr}},
        {"reference/release", {"reference", nullptr, nullptr}},
        {"profile/delete", {"profile", nullptr, nullptr}},
        {"profile/undelete", {"profile", nullptr, nullptr}},
        {"profile/sweep", {"profiles", nullptr, nullptr}},
        {"removal/finish", {"claim", "removed", nullptr}},
        {"removal/finish", {"claim", "removed", nullptr}},
        {"profile/query", {"profile", "hive", nullptr}},
        {"profile/list", {"all", "hive", nullptr}},
        {"broker/subscribe", {"all", "hive", nullptr}},
        {"broker/status", {nullptr, nullptr, nullptr}},
        {"broker/hello", {"client", "protocol", nullptr}},
    };
    const auto& call = kCalls[below(std::size(kCalls))];
    std::string params;
    for (const char* name : call.params) {
      if (name && below(8) != 0) {
        params += (params.empty() ? "\"" : ",\"") + std::string(name) + "\":" + value_of(name);
      }
    }
    const std::string id = below(10) == 0 ? "" : R"("id":)" + std::to_string(below(10)) + ",";
    return R"({"jsonrpc":"2.0",)" + id + R"("method":")" + call.method + R"(","params":{)" +
           params + "}}";
  }

  std::string value_of(std::string_view name) {
    if (below(25) == 0) {
      return one_of(std::array{"null", "7", "[]", "{}", "\"\"", "\" x\"", "true", "1e400", "-1"});
    }
    if (name == "profile") {
      return profile();
    }
    if (name == "reference" || name == "claim") {
      return "\"$" + std::to_string(below(10)) + "\"";
    }
    if (name == "profiles") {
      std::string names = "[";
      for (unsigned i = below(4); i > 0; --i) {
        names += profile() + (i > 1 ? "," : "");
      }
      return names + "]";
    }
    if (name == "hive") {
      return one_of(std::array{"\"S-1\"", "\"S-2\"", "\"S-3\"", "\"S-9\""});
    }
    if (name == "protocol") {
      return one_of(std::array{"1", "2"});
    }
    if (name == "label" || name == "client") {
      return "\"mail\"";
    }
    return one_of(std::array{"true", "false"});
  }
  std::string profile() {
    return one_of(std::array{"\"A\"", "\"a\"", "\"B\"", "\"C\"", "\"D\"", "\"E\"", "\"F\"", "\"G\"",
                             "\"\xC3\xA4\"", "\"H\""});
  }

  std::minstd_rand random_;
};

}  // namespace
}  // namespace profile_broker::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  if (seed % 3 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  const auto mutated =
      profile_broker::fuzz::Mutation(seed / 3).of({reinterpret_cast<const char*>(data), size});
  const auto kept = std::min(mutated.size(), max_size);
  std::memcpy(data, mutated.data(), kept);
  return kept;
}
