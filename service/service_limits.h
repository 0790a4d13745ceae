// The limits in force: the numbers of proto/limits.h, of which a few can be set for one service by
// its options.
#pragma once

#include <chrono>
#include <cstdint>

#include "proto/limits.h"

namespace profile_broker::service {

struct ServiceLimits {
  std::uint32_t connections = kMaxConnections;
  std::uint32_t connections_per_user = kMaxConnectionsPerUser;
  std::uint32_t silent_connections_per_user = kMaxSilentConnectionsPerUser;
  std::uint32_t references_per_process = kMaxReferencesPerProcess;
  std::uint32_t references_per_user = kMaxReferencesPerUser;
  std::uint32_t profiles_per_user = kMaxProfilesPerUser;
  std::chrono::seconds recovery_time = kRecoveryTime;

  bool operator==(const ServiceLimits&) const = default;
};

}  // namespace profile_broker::service
