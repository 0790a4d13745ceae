// The subkeys of HKEY_USERS (loaded_hives.h).
#include <windows.h>

#include <iterator>

#include "service/loaded_hives.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {

std::optional<std::set<std::string>> loaded_hives() {
  std::set<std::string> hives;
  for (DWORD index = 0;; ++index) {
    wchar_t name[256];  // the longest name of a key
    DWORD length = static_cast<DWORD>(std::size(name));
    const auto status =
        RegEnumKeyExW(HKEY_USERS, index, name, &length, nullptr, nullptr, nullptr, nullptr);
    if (status == ERROR_NO_MORE_ITEMS) {
      return hives;
    }
    if (status != ERROR_SUCCESS) {
      return std::nullopt;
    }
    hives.insert(utf8_text({name, length}));
  }
}

}  // namespace profile_broker::service
