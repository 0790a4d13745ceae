// ProviderPath as 'profile-broker mapi enable --provider' writes it: the real MAPI for all routed
// programs of the bitness that can load it, what it replaces noted. Windows only.
#pragma once

#include <string>
#include <vector>

#include "client-lib/mapi/mail_clients_win.h"

namespace profile_broker::client::mapi {

// Why a file, if one is named, can be nobody's real MAPI; empty when it can.
std::string bad_provider(const std::string& provider);

LSTATUS set_provider(const std::wstring& provider);
LSTATUS restore_provider(const Client& client);

// What an administrator who names that provider should know: Group Policy names another one.
std::vector<std::string> notes_on_provider(const std::string& provider);

}  // namespace profile_broker::client::mapi
