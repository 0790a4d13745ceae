// What every exported function has in common: it runs as the process, throws nothing, and has its
// text as a profile name. The W functions of Windows and the A functions share the bodies here.
#pragma once

#include <cstdint>
#include <new>
#include <optional>
#include <string>

#include "client-lib/process_client.h"
#include "client-lib/process_identity.h"
#include "profile_broker/client.h"

namespace profile_broker::client {

template <typename Body>
PROFILE_BROKER_RESULT guarded(Body&& body) noexcept {
  try {
    const ProcessIdentity identity;
    const std::uint32_t result = identity.holds() ? body() : hresult::kNoAccess;
    return static_cast<PROFILE_BROKER_RESULT>(result);
  } catch (const std::bad_alloc&) {
    return static_cast<PROFILE_BROKER_RESULT>(hresult::kNotEnoughMemory);
  } catch (...) {
    return static_cast<PROFILE_BROKER_RESULT>(hresult::kCallFailed);
  }
}

// The caller's text in UTF-8; nothing when it cannot be converted.
using CallerName = std::optional<std::string>;

std::uint32_t acquire(const CallerName& profile, std::uint32_t flags,
                      PROFILE_BROKER_REFERENCE& reference);
std::uint32_t delete_profile(const CallerName& profile, std::int32_t* deferred);
std::uint32_t query(const CallerName& profile, PROFILE_BROKER_USAGE& usage);

}  // namespace profile_broker::client
