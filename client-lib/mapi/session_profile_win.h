// The real name of a session's profile, which the name in the logon need not be: MAPI may have
// joined a shared session, taken the default profile, or asked the user.
#pragma once

#include <windows.h>

#include <mapix.h>

#include <optional>

#include "proto/profile_name.h"

namespace profile_broker::client::mapi {

// PR_PROFILE_NAME of the profile section MUID_PROFILE_INSTANCE, else of the global one. Nothing
// when the provider does not tell.
std::optional<ProfileName> profile_of(IMAPISession& session);

}  // namespace profile_broker::client::mapi
