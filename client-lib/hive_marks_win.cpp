// Registry values behind hive_marks.h. Opens the hive by the process user's SID: the predefined
// HKEY_CURRENT_USER is opened once per process with the token of whichever thread came first. To be
// called with ProcessIdentity in force.
#include <windows.h>

#include <sddl.h>

#include "client-lib/handle_win.h"
#include "client-lib/hive_marks.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client {
namespace {

constexpr std::size_t kMaxDataUnits = 512;

struct Key {
  HKEY handle = nullptr;
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() {
    if (handle) {
      RegCloseKey(handle);
    }
  }
};

std::optional<std::wstring> process_user_sid() {
  KernelHandle token;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, token.receive())) {
    return std::nullopt;
  }
  alignas(TOKEN_USER) std::byte buffer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD size = 0;
  if (!GetTokenInformation(token.get(), TokenUser, buffer, sizeof buffer, &size)) {
    return std::nullopt;
  }
  wchar_t* text = nullptr;
  if (!ConvertSidToStringSidW(reinterpret_cast<TOKEN_USER*>(buffer)->User.Sid, &text)) {
    return std::nullopt;
  }
  std::wstring sid(text);
  LocalFree(text);
  return sid;
}

std::optional<std::wstring> path_of(const std::string& location) {
  const auto sid = process_user_sid();
  const auto below = wide_from_utf8(location);
  return sid && below ? std::optional(*sid + L"\\" + *below) : std::nullopt;
}

bool open_existing(const std::string& location, REGSAM access, Key& key) {
  const auto path = path_of(location);
  return path && RegOpenKeyExW(HKEY_USERS, path->c_str(), 0, access, &key.handle) == ERROR_SUCCESS;
}

// The data of a REG_SZ value of reasonable length; null-termination is not promised by the
// registry.
std::optional<std::string> data_of(HKEY key, const wchar_t* value) {
  wchar_t data[kMaxDataUnits];
  DWORD bytes = sizeof data;
  DWORD type = 0;
  if (RegQueryValueExW(key, value, nullptr, &type, reinterpret_cast<BYTE*>(data), &bytes) !=
          ERROR_SUCCESS ||
      type != REG_SZ) {
    return std::nullopt;
  }
  std::wstring_view text(data, bytes / sizeof(wchar_t));
  return utf8_from_wide(text.substr(0, text.find(L'\0')));
}

}  // namespace

std::string HiveMarks::default_location() {
  return R"(Software\MAPI Profile Broker\Deferred Deletions)";
}

HiveMarks::Written HiveMarks::write(const ProfileName& profile) const {
  const auto path = path_of(location_);
  const auto name = wide_from_utf8(profile.shown());
  const auto data = wide_from_utf8(mark_data());
  Key key;
  if (!path || !name || !data ||
      RegCreateKeyExW(HKEY_USERS, path->c_str(), 0, nullptr, REG_OPTION_NON_VOLATILE,
                      KEY_QUERY_VALUE | KEY_SET_VALUE, nullptr, &key.handle,
                      nullptr) != ERROR_SUCCESS) {
    return Written::failed;
  }
  const auto old = data_of(key.handle, name->c_str());
  if (old && is_mark_of_this_host(*old)) {
    return Written::existed;
  }
  const auto bytes = static_cast<DWORD>((data->size() + 1) * sizeof(wchar_t));
  const LSTATUS status = RegSetValueExW(key.handle, name->c_str(), 0, REG_SZ,
                                        reinterpret_cast<const BYTE*>(data->c_str()), bytes);
  return status == ERROR_SUCCESS ? Written::created : Written::failed;
}

bool HiveMarks::remove(const ProfileName& profile) const {
  const auto name = wide_from_utf8(profile.shown());
  Key key;
  if (!name || !open_existing(location_, KEY_SET_VALUE, key)) {
    return true;  // no key, no mark
  }
  const LSTATUS status = RegDeleteValueW(key.handle, name->c_str());
  return status == ERROR_SUCCESS || status == ERROR_FILE_NOT_FOUND;
}

std::vector<ProfileName> HiveMarks::of_this_host() const {
  std::vector<ProfileName> names;
  Key key;
  if (!open_existing(location_, KEY_QUERY_VALUE, key)) {
    return names;
  }
  // The longest name of a registry value has 16,383 characters.
  std::wstring value(16'384, L'\0');
  for (DWORD index = 0; names.size() < kMaxNames; ++index) {
    auto length = static_cast<DWORD>(value.size());
    if (RegEnumValueW(key.handle, index, value.data(), &length, nullptr, nullptr, nullptr,
                      nullptr) != ERROR_SUCCESS) {
      break;
    }
    const auto data = data_of(key.handle, value.c_str());
    const auto name = utf8_from_wide({value.data(), length});
    if (!data || !name || !is_mark_of_this_host(*data)) {
      continue;
    }
    auto parsed = ProfileName::parse(*name);
    if (auto* profile = std::get_if<ProfileName>(&parsed)) {
      names.push_back(std::move(*profile));
    }
  }
  return names;
}

}  // namespace profile_broker::client
