// The name by which this machine's marks are told from another's in a roaming profile.
#pragma once

#include <string>

namespace profile_broker::client {

std::string host_name();  // never empty, no spaces

}  // namespace profile_broker::client
