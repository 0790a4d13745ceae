// What an administrator can set about the service, one row a setting: the command line, the
// registry and the tests that hold the policy template and docs/administration.md to it are all
// made from this table. Where a value comes from, and which source wins, is not decided here.
#pragma once

#include <array>
#include <cstdint>

#include "service/service_limits.h"

namespace profile_broker::service {

struct Setting {
  const char* name;     // of the registry value, the same in the settings and in the policy
  const char* option;   // on the command line
  const char* meaning;  // for --help
  std::uint32_t least;
  std::uint32_t most;
  std::uint32_t (*get)(const ServiceLimits& limits);
  void (*set)(ServiceLimits& limits, std::uint32_t value);
};

template <std::uint32_t ServiceLimits::*limit>
constexpr Setting count_setting(const char* name, const char* option, const char* meaning,
                                std::uint32_t most) {
  return {name,
          option,
          meaning,
          1,
          most,
          [](const ServiceLimits& limits) { return limits.*limit; },
          [](ServiceLimits& limits, std::uint32_t value) { limits.*limit = value; }};
}

// The upper ends keep a slip of the pen from taking the machine's memory; a real need is far below.
inline constexpr std::array<Setting, 7> kSettings = {{
    {"RecoverySeconds", "--recovery-seconds",
     "How long nothing is deleted after a start that follows a crash", 0,
     static_cast<std::uint32_t>(kMaxRecoveryTime.count()),
     [](const ServiceLimits& limits) {
       return static_cast<std::uint32_t>(limits.recovery_time.count());
     },
     [](ServiceLimits& limits, std::uint32_t value) {
       limits.recovery_time = std::chrono::seconds(value);
     }},
    count_setting<&ServiceLimits::connections>("Connections", "--connections", "Connections in all",
                                               1'000'000),
    count_setting<&ServiceLimits::connections_per_user>(
        "ConnectionsPerUser", "--connections-per-user", "Connections of one account", 1'000'000),
    count_setting<&ServiceLimits::silent_connections_per_user>(
        "SilentConnectionsPerUser", "--silent-connections-per-user",
        "Connections of one account that have not said anything yet", 1'000'000),
    count_setting<&ServiceLimits::references_per_process>(
        "ReferencesPerProcess", "--references-per-process", "References of one process", 1'000'000),
    count_setting<&ServiceLimits::references_per_user>("ReferencesPerUser", "--references-per-user",
                                                       "References of one account", 10'000'000),
    count_setting<&ServiceLimits::profiles_per_user>("ProfilesPerUser", "--profiles-per-user",
                                                     "Profiles of one account", 10'000'000),
}};

}  // namespace profile_broker::service
