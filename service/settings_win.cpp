#include "service/settings_win.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "service/handle_win.h"
#include "service/key_protection_win.h"
#include "service/setting_table.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

// Of the registry, in characters, with the ending null.
constexpr DWORD kLongestValueName = 16'384;

bool same_name(const std::wstring& name, const Setting& setting) {
  return CompareStringOrdinal(name.c_str(), -1, wide_text(setting.name).c_str(), -1, TRUE) ==
         CSTR_EQUAL;
}

std::string all_names() {
  std::string names;
  for (const auto& setting : kSettings) {
    names += (names.empty() ? "" : ", ") + std::string(setting.name);
  }
  return names;
}

class SettingsReader {
 public:
  SettingsReader(HKEY key, const wchar_t* path, MachineSettings& settings)
      : key_(key), path_("HKLM\\" + utf8_text(path)), settings_(settings) {}

  void read() {
    for (const auto& setting : kSettings) {
      if (const auto value = read_number(setting)) {
        setting.set(settings_.limits, *value);
      }
    }
    remark_on_strangers();
  }

 private:
  std::optional<DWORD> read_number(const Setting& setting) {
    const auto name = wide_text(setting.name);
    DWORD type = 0;
    std::array<BYTE, sizeof(DWORD)> bytes{};
    DWORD length = bytes.size();
    const auto status = RegQueryValueExW(key_, name.c_str(), nullptr, &type, bytes.data(), &length);
    if (status == ERROR_FILE_NOT_FOUND) {
      return std::nullopt;
    }
    if (status != ERROR_SUCCESS || type != REG_DWORD || length != bytes.size()) {
      remark(setting.name, "is no DWORD and is ignored. " + correction(setting));
      return std::nullopt;
    }
    DWORD value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    const DWORD taken = std::clamp<DWORD>(value, setting.least, setting.most);
    if (taken != value) {
      remark(setting.name, "is " + std::to_string(value) + ", outside " +
                               std::to_string(setting.least) + " to " +
                               std::to_string(setting.most) + "; " + std::to_string(taken) +
                               " is used. " + correction(setting));
    }
    return taken;
  }

  // Windows' tools for the one key, the administrator of the domain for the other.
  std::string correction(const Setting& setting) const {
    if (path_.find("\\Policies\\") != std::string::npos) {
      return "Correct the Group Policy object that sets it.";
    }
    return "Correct it: reg.exe add \"" + path_ + "\" /v " + setting.name +
           " /t REG_DWORD /d NUMBER /f /reg:64";
  }

  void remark_on_strangers() {
    std::wstring name(kLongestValueName, L'\0');
    for (DWORD index = 0;; ++index) {
      DWORD length = kLongestValueName;
      if (RegEnumValueW(key_, index, name.data(), &length, nullptr, nullptr, nullptr, nullptr) !=
          ERROR_SUCCESS) {
        return;
      }
      const std::wstring found = name.substr(0, length);
      const bool known =
          std::any_of(kSettings.begin(), kSettings.end(),
                      [&found](const Setting& setting) { return same_name(found, setting); });
      if (!known && !found.empty()) {  // the key's default value has no name and no meaning
        remark(utf8_text(found),
               "is no setting, and nothing reads it. The settings are " + all_names() + ".");
      }
    }
  }

  void remark(const std::string& name, const std::string& what) {
    settings_.remarks.push_back("The value " + name + " of " + path_ + " " + what);
  }

  HKEY key_;  // borrowed
  std::string path_;
  MachineSettings& settings_;
};

}  // namespace

MachineSettings read_machine_settings(const ServiceLimits& limits, HKEY root, const wchar_t* key) {
  MachineSettings settings{limits, {}};
  HKEY opened = nullptr;
  const auto status =
      RegOpenKeyExW(root, key, 0, KEY_QUERY_VALUE | READ_CONTROL | KEY_WOW64_64KEY, &opened);
  if (status == ERROR_FILE_NOT_FOUND) {
    return settings;
  }
  const auto path = "HKLM\\" + utf8_text(key);
  if (status != ERROR_SUCCESS) {
    settings.remarks.push_back("The settings in " + path + " cannot be read and are ignored: " +
                               windows_error_text(static_cast<DWORD>(status)) + ".");
    return settings;
  }
  const RegistryKey owner(opened);
  if (const auto weakness = weakness_of(opened)) {
    settings.remarks.push_back(
        "The settings in " + path + " are ignored, because " + *weakness +
        ". Let only SYSTEM and Administrators write there: regedit.exe, the key's Permissions.");
    return settings;
  }
  SettingsReader(opened, key, settings).read();
  return settings;
}

bool forget_machine_settings(HKEY root, const wchar_t* key) {
  const auto status = RegDeleteTreeW(root, key);
  SetLastError(static_cast<DWORD>(status));
  return status == ERROR_SUCCESS || status == ERROR_FILE_NOT_FOUND;
}

}  // namespace profile_broker::service
