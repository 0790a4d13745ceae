// Which profile a logon without a name uses: asked of real MAPI's profile table.
#pragma once

#include <optional>

#include "proto/profile_name.h"

namespace profile_broker::client::mapi {

// Nothing when there is no default profile, no extended MAPI to ask, or the question comes from
// inside real MAPI, whose locks this thread may hold.
std::optional<ProfileName> default_profile() noexcept;

}  // namespace profile_broker::client::mapi
