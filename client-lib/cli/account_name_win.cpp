// LookupAccountSidW behind account_name.h. For accounts that are logged on, the local security
// authority has the answer at hand.
#include "client-lib/cli/account_name.h"

#include <windows.h>

#include <sddl.h>

#include "client-lib/wide_text_win.h"

namespace profile_broker::client::cli {

std::string account_name(const std::string& hive) {
  const auto text = wide_from_utf8(hive);
  PSID sid = nullptr;
  if (!text || !ConvertStringSidToSidW(text->c_str(), &sid)) {
    return hive;
  }
  wchar_t name[256];
  wchar_t domain[256];
  DWORD name_size = 256;
  DWORD domain_size = 256;
  SID_NAME_USE use{};
  const BOOL known = LookupAccountSidW(nullptr, sid, name, &name_size, domain, &domain_size, &use);
  LocalFree(sid);
  if (!known) {
    return hive;
  }
  const auto whole = std::wstring(domain, domain_size) + L"\\" + std::wstring(name, name_size);
  return utf8_from_wide(whole).value_or(hive);
}

}  // namespace profile_broker::client::cli
