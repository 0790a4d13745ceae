// Who a caller is: a value, read once from the operating system after the first frame and never
// from a message.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace profile_broker::service {

// One process for as long as the machine runs: a pid alone comes back, together with its creation
// time it does not.
struct ProcessKey {
  std::uint32_t pid = 0;
  std::uint64_t created =
      0;  // FILETIME ticks on Windows, clock ticks since boot on Linux: only compared

  auto operator<=>(const ProcessKey&) const = default;
};

// A process as holder of references and claims.
struct Holder {
  ProcessKey key;
  std::string hive;  // SID string on Windows, decimal uid on Linux
  std::uint32_t session = 0;
  std::string image;  // file name of the program, UTF-8: for people
};

struct Caller {
  Holder holder;
  bool elevated =
      false;  // member of Administrators with that membership enabled, LocalSystem, or root
};

}  // namespace profile_broker::service

template <>
struct std::hash<profile_broker::service::ProcessKey> {
  std::size_t operator()(const profile_broker::service::ProcessKey& key) const noexcept {
    return std::hash<std::uint64_t>{}(key.created ^ (std::uint64_t{key.pid} << 40));
  }
};
