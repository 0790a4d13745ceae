// Deletes a profile for real, in this process and with its rights: by the program's own callback,
// else by IProfAdmin::DeleteProfile, so that message services get their MSG_SERVICE_DELETE.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace profile_broker::client {

// Gets the profile's name in UTF-8; returns S_OK, MAPI_E_NOT_FOUND or another error of MAPI.
using Remover = std::function<std::uint32_t(const std::string& profile)>;

// On Windows mapi32.dll: the one that the process has loaded, else the system's. On Linux there is
// none and the remover is empty.
Remover default_remover();

}  // namespace profile_broker::client
