// The machine's settings of the service in the registry: DWORD values, one for each row of
// setting_table.h, in a key that administrators own and in its twin under Policies that Group
// Policy fills. Reads and judges; which of the two wins is for who calls it.
#pragma once

#include <windows.h>

#include <string>
#include <vector>

#include "service/service_limits.h"

namespace profile_broker::service {

// What an administrator of the machine sets. The command line overrules it.
inline constexpr wchar_t kSettingsKey[] = L"SOFTWARE\\MAPI Profile Broker";
// What Group Policy sets. Overrules the command line too, value by value.
inline constexpr wchar_t kPolicyKey[] = L"SOFTWARE\\Policies\\MAPI Profile Broker";

struct MachineSettings {
  ServiceLimits limits;
  // What was not taken as it stands, each with what was done instead and what to do: for the log.
  std::vector<std::string> remarks;
};

// What is missing, or is no DWORD, leaves the limit as it is in limits; what is out of range is
// brought to the nearest end of it. A key that ordinary users can write to (key_protection_win.h)
// is not believed at all. Values that are no settings are remarked on: a misspelled one does
// nothing. root and key: for tests.
MachineSettings read_machine_settings(const ServiceLimits& limits, HKEY root = HKEY_LOCAL_MACHINE,
                                      const wchar_t* key = kSettingsKey);

// Removes the key with all that is in it. False, with the last error, when it is there and stays.
bool forget_machine_settings(HKEY root = HKEY_LOCAL_MACHINE, const wchar_t* key = kSettingsKey);

}  // namespace profile_broker::service
