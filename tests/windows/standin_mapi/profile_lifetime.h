// When a profile may go, by the rules MAPI has and with the fault MAPI has:
//   DeleteProfile of a profile in use here sets it aside, marked, and says S_OK;
//   the end of its last use here completes the deletion;
//   the start of MAPI in a process removes every marked profile that is not in use *here* (KB
//   818861); a logon removes a marked profile of the same name whoever uses it (KB 303221).
// "Here" is this session and this user, see profile_use.h.
#pragma once

#include <string>

#include "tests/windows/standin_mapi/mapi_headers.h"
#include "tests/windows/standin_mapi/profile_store.h"
#include "tests/windows/standin_mapi/profile_use.h"

namespace standin_mapi {

// A session's hold on its profile.
struct ProfileInUse {
  std::wstring name;
  InstanceId instance;
  NamedObject use;
};

void sweep_marked_profiles();

// MAPI_E_LOGON_FAILED: no such profile. `error` receives the Win32 code behind a failure.
HRESULT use_profile(const std::wstring& name, ProfileInUse& result, LSTATUS& error);

void end_profile_use(ProfileInUse& profile);

// S_OK also when the profile is in use and only marked; MAPI_E_NOT_FOUND: no such profile.
HRESULT delete_profile(const std::wstring& name, LSTATUS& error);

}  // namespace standin_mapi
