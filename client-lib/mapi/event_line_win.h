// What administrators are told in the Application log, under the source MapiProfileBrokerClient, of
// each at most one line a process. It names no profiles, because every user can read that log.
// Never throws; a log that cannot be written is no failure of the program's.
#pragma once

#include <cstdint>

#include "client-lib/mapi/provider_path_win.h"

namespace profile_broker::client::mapi {

void tell_of_missing_provider(const ProviderPath& provider) noexcept;

// A reference that the broker would not take: the program goes on without protection. hresult: why.
void tell_of_refused_reference(std::uint32_t hresult) noexcept;

}  // namespace profile_broker::client::mapi
