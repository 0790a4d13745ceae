// The profiles of this process's registry hive, in MAPI's layout below
// HKCU\Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem: a profile is a
// subkey of "Profiles", its sections are subkeys named by the 32 hexadecimal digits of their
// MAPIUID, and a property is a binary value named by eight digits, type first: PR_PROFILE_NAME_W,
// tag 0x3D12001F, is the value 001f3d12. A profile that was deleted while in use lies in "Deleted
// Profiles" (KB 303221) under its old name.
//
// It knows nothing of sessions: who uses a profile, and when it may go, is profile_lifetime.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/windows/standin_mapi/mapi_headers.h"
#include "tests/windows/standin_mapi/registry_key.h"

namespace standin_mapi {

// Where a profile lies: among the profiles, or set aside because it was deleted while in use.
enum class Shelf { kProfiles, kDeleted };

// What tells two profiles of one name apart: PR_SEARCH_KEY of the section MUID_PROFILE_INSTANCE.
using InstanceId = std::vector<BYTE>;

// One profile as it lies in the registry now.
struct StoredProfile {
  RegistryKey key;
  InstanceId instance;
};

// MAPIUID of a section, as the registry spells it.
std::wstring section_name(const MAPIUID& uid);

// Creates the profile with its instance section, its list of services and one message service.
// ERROR_ALREADY_EXISTS when the name is taken.
LSTATUS create_profile(const std::wstring& name);

LSTATUS open_profile(Shelf shelf, const std::wstring& name, StoredProfile& result);
bool profile_exists(Shelf shelf, const std::wstring& name);
std::vector<std::wstring> profile_names(Shelf shelf);

// Finds a profile by its identity, wherever it lies now: under "Profiles" or set aside.
LSTATUS find_instance(const std::wstring& name, const InstanceId& instance, RegistryKey& result);

LSTATUS remove_profile(Shelf shelf, const std::wstring& name);

// Moves the profile to "Deleted Profiles"; one of the same name that lay there is gone then. Keys
// that were open stay behind as deleted keys.
LSTATUS set_profile_aside(const std::wstring& name);

// ERROR_ALREADY_EXISTS when the target exists, ERROR_FILE_NOT_FOUND when the source does not. The
// copy is a profile of its own: it gets a new instance id and its own name.
LSTATUS copy_profile(const std::wstring& from, const std::wstring& to);

std::optional<std::wstring> default_profile();
LSTATUS set_default_profile(const std::optional<std::wstring>& name);

}  // namespace standin_mapi
