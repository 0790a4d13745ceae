// Registry values behind hive_values.h. Opens the hive by the process user's SID: the predefined
// HKEY_CURRENT_USER is opened once per process with the token of whichever thread came first. To be
// called with ProcessIdentity in force.
#include <windows.h>

#include <sddl.h>

#include <map>

#include "client-lib/handle_win.h"
#include "client-lib/hive_values.h"
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

using Values = std::map<std::string, std::string>;

// The values by their index, once. While other processes write and delete, one may come twice, and
// one may be passed over because those before it have moved.
Values one_pass(HKEY key) {
  Values values;
  // The longest name of a registry value has 16,383 characters.
  std::wstring value(16'384, L'\0');
  for (DWORD index = 0;; ++index) {
    auto length = static_cast<DWORD>(value.size());
    if (RegEnumValueW(key, index, value.data(), &length, nullptr, nullptr, nullptr, nullptr) !=
        ERROR_SUCCESS) {
      return values;
    }
    auto data = data_of(key, value.c_str());
    auto name = utf8_from_wide({value.data(), length});
    if (data && name) {
      values.insert_or_assign(std::move(*name), std::move(*data));
    }
  }
}

// Whether the key's values have changed since it was made.
class Changes {
 public:
  explicit Changes(HKEY key) : event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
    armed_ = event_ && RegNotifyChangeKeyValue(key, FALSE, REG_NOTIFY_CHANGE_LAST_SET, event_.get(),
                                               TRUE) == ERROR_SUCCESS;
  }
  bool any() const { return !armed_ || WaitForSingleObject(event_.get(), 0) != WAIT_TIMEOUT; }

 private:
  KernelHandle event_;
  bool armed_ = false;
};

}  // namespace

std::string HiveValues::default_location() {
  return R"(Software\MAPI Profile Broker\Deferred Deletions)";
}

HiveValues HiveValues::companion(const std::string& name) const {
  return HiveValues(location_.substr(0, location_.rfind('\\') + 1) + name);
}

bool HiveValues::write(const std::string& name, const std::string& data) const {
  const auto path = path_of(location_);
  const auto value = wide_from_utf8(name);
  const auto text = wide_from_utf8(data);
  Key key;
  if (!path || !value || !text ||
      RegCreateKeyExW(HKEY_USERS, path->c_str(), 0, nullptr, REG_OPTION_NON_VOLATILE, KEY_SET_VALUE,
                      nullptr, &key.handle, nullptr) != ERROR_SUCCESS) {
    return false;
  }
  const auto bytes = static_cast<DWORD>((text->size() + 1) * sizeof(wchar_t));
  return RegSetValueExW(key.handle, value->c_str(), 0, REG_SZ,
                        reinterpret_cast<const BYTE*>(text->c_str()), bytes) == ERROR_SUCCESS;
}

std::optional<std::string> HiveValues::read(const std::string& name) const {
  const auto value = wide_from_utf8(name);
  Key key;
  if (!value || !open_existing(location_, KEY_QUERY_VALUE, key)) {
    return std::nullopt;
  }
  return data_of(key.handle, value->c_str());
}

bool HiveValues::remove(const std::string& name) const {
  const auto value = wide_from_utf8(name);
  Key key;
  if (!value || !open_existing(location_, KEY_SET_VALUE, key)) {
    return true;  // no key, no value
  }
  const LSTATUS status = RegDeleteValueW(key.handle, value->c_str());
  return status == ERROR_SUCCESS || status == ERROR_FILE_NOT_FOUND;
}

// Two equal passes in a row, during which nothing changed, have missed nothing. Where processes
// come and go so fast that there are no such passes, everything that any pass has seen counts.
std::vector<HiveValues::Value> HiveValues::all() const {
  constexpr int kMaxPasses = 16;
  Key key;
  if (!open_existing(location_, KEY_QUERY_VALUE | KEY_NOTIFY, key)) {
    return {};
  }
  auto seen = one_pass(key.handle);
  auto last = seen;
  for (int pass = 2; pass <= kMaxPasses; ++pass) {
    const Changes changes(key.handle);
    auto next = one_pass(key.handle);
    if (next == last && !changes.any()) {
      seen = std::move(next);
      break;
    }
    seen.insert(next.begin(), next.end());
    last = std::move(next);
  }
  std::vector<Value> values;
  for (const auto& [name, data] : seen) {
    values.push_back({name, data});
  }
  return values;
}

}  // namespace profile_broker::client
