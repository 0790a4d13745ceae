#include "tests/windows/scene/profile_registry.h"

#include <windows.h>

#include <array>

namespace scene {
namespace {

const std::string kSubsystem =
    "Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem";

std::vector<std::string> subkeys(const std::string& path) {
  std::vector<std::string> names;
  HKEY key = nullptr;
  if (RegOpenKeyExA(HKEY_CURRENT_USER, path.c_str(), 0, KEY_READ, &key) != ERROR_SUCCESS) {
    return names;
  }
  std::array<char, 256> name{};
  for (DWORD index = 0, length = 256;
       RegEnumKeyExA(key, index, name.data(), &length, nullptr, nullptr, nullptr, nullptr) == 0;
       ++index, length = 256) {
    names.emplace_back(name.data(), length);
  }
  RegCloseKey(key);
  return names;
}

}  // namespace

void clear_profiles() {
  RegDeleteTreeA(HKEY_CURRENT_USER, kSubsystem.c_str());
  RegDeleteTreeA(HKEY_CURRENT_USER, "Software\\MAPI Profile Broker");
}

std::vector<std::string> profiles() {
  return subkeys(kSubsystem + "\\Profiles");
}

std::vector<std::string> marked_profiles() {
  return subkeys(kSubsystem + "\\Deleted Profiles");
}

std::vector<std::string> sections(const std::string& profile) {
  return subkeys(kSubsystem + "\\Profiles\\" + profile);
}

std::vector<unsigned char> section_value(const std::string& profile, const std::string& section,
                                         const std::string& value) {
  const std::string path = kSubsystem + "\\Profiles\\" + profile + "\\" + section;
  std::vector<unsigned char> data(1024);
  DWORD size = static_cast<DWORD>(data.size());
  const LSTATUS status = RegGetValueA(HKEY_CURRENT_USER, path.c_str(), value.c_str(),
                                      RRF_RT_REG_BINARY, nullptr, data.data(), &size);
  data.resize(status == ERROR_SUCCESS ? size : 0);
  return data;
}

std::string section_text(const std::string& profile, const std::string& section,
                         const std::string& value) {
  const std::vector<unsigned char> data = section_value(profile, section, value);
  std::string text;
  for (size_t at = 0; at + 1 < data.size() && data[at] != 0; at += 2) {
    text += static_cast<char>(data[at]);
  }
  return text;
}

}  // namespace scene
