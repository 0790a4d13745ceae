// A profile section (IProfSect): the properties of one subkey of a profile. It reads and writes
// through one key that it keeps open, as MAPI does, so a key that is deleted underneath answers
// ERROR_KEY_DELETED (1018) and the caller sees MAPI_E_CALL_FAILED. A profile that was merely set
// aside is found again by its identity.
#pragma once

#include "tests/windows/standin_mapi/com_object.h"
#include "tests/windows/standin_mapi/profile_store.h"

namespace standin_mapi {

// Opens the section uid of a profile; with modify it is created when absent, else MAPI_E_NOT_FOUND.
HRESULT open_profile_section(const std::wstring& profile, const InstanceId& instance,
                             const MAPIUID& uid, bool modify, LPPROFSECT* result, LSTATUS& error);

}  // namespace standin_mapi
