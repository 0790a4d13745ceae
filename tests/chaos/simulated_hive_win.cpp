// Registry keys behind simulated_hive.h. Who has a profile's key open when it is deleted reads
// ERROR_KEY_DELETED (1018) from then on, as MAPI does in KB 818861.
#include <windows.h>

#include "tests/chaos/simulated_hive.h"

namespace profile_broker::chaos {
namespace {

std::wstring wide(const std::string& ascii) {
  return {ascii.begin(), ascii.end()};
}

class OpenKey final : public OpenProfile {
 public:
  explicit OpenKey(HKEY key) : key_(key) {}
  OpenKey(const OpenKey&) = delete;
  OpenKey& operator=(const OpenKey&) = delete;
  ~OpenKey() override { RegCloseKey(key_); }

  std::string harm() const override {
    const auto error = RegQueryValueExW(key_, L"section", nullptr, nullptr, nullptr, nullptr);
    return error == ERROR_SUCCESS ? "" : "error-" + std::to_string(error);
  }

 private:
  HKEY key_;
};

}  // namespace

SimulatedHive::SimulatedHive(std::string location, std::string who)
    : location_(std::move(location)), who_(std::move(who)) {}

std::unique_ptr<OpenProfile> SimulatedHive::open(const std::string& profile) const {
  HKEY key = nullptr;
  if (RegCreateKeyExW(HKEY_CURRENT_USER, wide(location_ + "\\" + profile).c_str(), 0, nullptr, 0,
                      KEY_READ | KEY_WRITE, nullptr, &key, nullptr) != ERROR_SUCCESS) {
    return nullptr;
  }
  const DWORD content = 1;
  auto opened = std::make_unique<OpenKey>(key);
  const auto error = RegSetValueExW(key, L"section", 0, REG_DWORD,
                                    reinterpret_cast<const BYTE*>(&content), sizeof content);
  return error == ERROR_SUCCESS ? std::move(opened) : nullptr;
}

SimulatedHive::Removed SimulatedHive::remove(const std::string& profile) const {
  const auto error = RegDeleteKeyW(HKEY_CURRENT_USER, wide(location_ + "\\" + profile).c_str());
  return error == ERROR_SUCCESS          ? Removed::gone
         : error == ERROR_FILE_NOT_FOUND ? Removed::was_not_there
                                         : Removed::failed;
}

std::vector<std::string> SimulatedHive::profiles() const {
  std::vector<std::string> names;
  HKEY key = nullptr;
  if (RegOpenKeyExW(HKEY_CURRENT_USER, wide(location_).c_str(), 0, KEY_READ, &key) !=
      ERROR_SUCCESS) {
    return names;
  }
  for (DWORD index = 0;; ++index) {
    wchar_t name[256];
    DWORD length = 256;
    if (RegEnumKeyExW(key, index, name, &length, nullptr, nullptr, nullptr, nullptr) !=
        ERROR_SUCCESS) {
      break;
    }
    std::string text;
    for (DWORD i = 0; i < length; ++i) {
      const bool upper = name[i] >= L'A' && name[i] <= L'Z';
      text.push_back(static_cast<char>(name[i] + (upper ? 32 : 0)));
    }
    names.push_back(std::move(text));
  }
  RegCloseKey(key);
  return names;
}

}  // namespace profile_broker::chaos
