// The password database behind account_name.h.
#include <pwd.h>

#include <charconv>
#include <vector>

#include "client-lib/cli/account_name.h"

namespace profile_broker::client::cli {

std::string account_name(const std::string& hive) {
  uid_t user = 0;
  const auto* end = hive.data() + hive.size();
  if (std::from_chars(hive.data(), end, user).ptr != end || hive.empty()) {
    return hive;
  }
  std::vector<char> buffer(16'384);
  passwd entry{};
  passwd* found = nullptr;
  const int failed = ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  return failed == 0 && found ? found->pw_name : hive;
}

}  // namespace profile_broker::client::cli
