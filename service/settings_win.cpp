#include "service/settings_win.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "service/handle_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

struct CountSetting {
  const wchar_t* name;
  std::uint32_t ServiceLimits::*limit;
  DWORD least;
  DWORD most;
};

// The same bounds as on the command line.
constexpr CountSetting kCounts[] = {
    {L"Connections", &ServiceLimits::connections, 1, 1'000'000},
    {L"ConnectionsPerUser", &ServiceLimits::connections_per_user, 1, 1'000'000},
    {L"SilentConnectionsPerUser", &ServiceLimits::silent_connections_per_user, 1, 1'000'000},
    {L"ReferencesPerProcess", &ServiceLimits::references_per_process, 1, 1'000'000},
    {L"ReferencesPerUser", &ServiceLimits::references_per_user, 1, 10'000'000},
    {L"ProfilesPerUser", &ServiceLimits::profiles_per_user, 1, 10'000'000},
};
constexpr wchar_t kRecoverySeconds[] = L"RecoverySeconds";

std::optional<DWORD> read_number(HKEY key, const wchar_t* name, DWORD least, DWORD most,
                                 std::vector<std::string>& remarks) {
  DWORD type = 0;
  DWORD value = 0;
  DWORD length = sizeof value;
  const auto status =
      RegQueryValueExW(key, name, nullptr, &type, reinterpret_cast<BYTE*>(&value), &length);
  if (status == ERROR_FILE_NOT_FOUND) {
    return std::nullopt;
  }
  if (status != ERROR_SUCCESS || type != REG_DWORD || length != sizeof value) {
    remarks.push_back("The registry value " + utf8_text(name) +
                      " is ignored: it is no DWORD. Make it one.");
    return std::nullopt;
  }
  const DWORD taken = std::clamp(value, least, most);
  if (taken != value) {
    remarks.push_back("The registry value " + utf8_text(name) + " is " + std::to_string(value) +
                      ", outside " + std::to_string(least) + " to " + std::to_string(most) + "; " +
                      std::to_string(taken) + " is used.");
  }
  return taken;
}

}  // namespace

MachineSettings read_machine_settings(const ServiceLimits& limits, HKEY root, const wchar_t* key) {
  MachineSettings settings{limits, {}};
  HKEY opened = nullptr;
  if (RegOpenKeyExW(root, key, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &opened) != ERROR_SUCCESS) {
    return settings;
  }
  const RegistryKey owner(opened);
  for (const auto& setting : kCounts) {
    if (const auto value =
            read_number(opened, setting.name, setting.least, setting.most, settings.remarks)) {
      settings.limits.*setting.limit = *value;
    }
  }
  if (const auto seconds =
          read_number(opened, kRecoverySeconds, 0, static_cast<DWORD>(kMaxRecoveryTime.count()),
                      settings.remarks)) {
    settings.limits.recovery_time = std::chrono::seconds(*seconds);
  }
  return settings;
}

bool forget_machine_settings(HKEY root, const wchar_t* key) {
  const auto status = RegDeleteTreeW(root, key);
  SetLastError(static_cast<DWORD>(status));
  return status == ERROR_SUCCESS || status == ERROR_FILE_NOT_FOUND;
}

}  // namespace profile_broker::service
