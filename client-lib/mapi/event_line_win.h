// The one line in the Application log, under the source MapiProfileBrokerClient, that tells an
// administrator why a routed program has no MAPI. Never throws; a log that cannot be written is no
// failure of the program's.
#pragma once

#include <string>

#include "client-lib/mapi/provider_path_win.h"

namespace profile_broker::client::mapi {

void tell_of_missing_provider(const ProviderPath& provider) noexcept;

// A reference that the service would not take: the program goes on without protection.
void tell_of_refused_reference(const std::string& profile, const std::string& why) noexcept;

}  // namespace profile_broker::client::mapi
