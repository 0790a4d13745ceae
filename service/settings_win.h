// The machine's settings of the service, which administrators change in the registry and the
// command line overrules: DWORD values under HKLM\SOFTWARE\MAPI Profile Broker.
#pragma once

#include <windows.h>

#include <string>
#include <vector>

#include "service/service_limits.h"

namespace profile_broker::service {

inline constexpr wchar_t kSettingsKey[] = L"SOFTWARE\\MAPI Profile Broker";

struct MachineSettings {
  ServiceLimits limits;
  // Values that were not taken as they are, each with what was done instead: for the log.
  std::vector<std::string> remarks;
};

// What is missing, or is no DWORD, leaves the limit as it is in limits; what is out of range is
// brought to the nearest end of it. root and key: for tests.
MachineSettings read_machine_settings(const ServiceLimits& limits, HKEY root = HKEY_LOCAL_MACHINE,
                                      const wchar_t* key = kSettingsKey);

// Removes the key with all that is in it. False, with the last error, when it is there and stays.
bool forget_machine_settings(HKEY root = HKEY_LOCAL_MACHINE, const wchar_t* key = kSettingsKey);

}  // namespace profile_broker::service
