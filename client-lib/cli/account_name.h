// An account's name for people. Asks the system, which may ask a domain controller: keep the
// answer.
#pragma once

#include <string>

namespace profile_broker::client::cli {

// hive: as the protocol has it, a SID, on Linux a user id. "CONTOSO\\gateway"; the hive itself when
// the system does not know it. UTF-8.
std::string account_name(const std::string& hive);

}  // namespace profile_broker::client::cli
