#include "tests/windows/standin_mapi/profile_lifetime.h"

namespace standin_mapi {

void sweep_marked_profiles() {
  const LogonLock lock;
  for (const std::wstring& name : profile_names(Shelf::kDeleted)) {
    if (!in_use_here(name)) {
      remove_profile(Shelf::kDeleted, name);
    }
  }
}

HRESULT use_profile(const std::wstring& name, ProfileInUse& result, LSTATUS& error) {
  const LogonLock lock;
  remove_profile(Shelf::kDeleted, name);
  StoredProfile profile;
  error = open_profile(Shelf::kProfiles, name, profile);
  if (error != ERROR_SUCCESS) {
    return MAPI_E_LOGON_FAILED;
  }
  result.use = begin_use(name);
  if (!result.use) {
    error = static_cast<LSTATUS>(GetLastError());
    return MAPI_E_NOT_ENOUGH_RESOURCES;
  }
  result.name = name;
  result.instance = profile.instance;
  return S_OK;
}

void end_profile_use(ProfileInUse& profile) {
  const LogonLock lock;
  profile.use = NamedObject();
  StoredProfile marked;
  if (!in_use_here(profile.name) &&
      open_profile(Shelf::kDeleted, profile.name, marked) == ERROR_SUCCESS &&
      marked.instance == profile.instance) {
    remove_profile(Shelf::kDeleted, profile.name);
  }
}

HRESULT delete_profile(const std::wstring& name, LSTATUS& error) {
  const LogonLock lock;
  if (!profile_exists(Shelf::kProfiles, name)) {
    error = ERROR_FILE_NOT_FOUND;
    return MAPI_E_NOT_FOUND;
  }
  error = in_use_here(name) ? set_profile_aside(name) : remove_profile(Shelf::kProfiles, name);
  return error == ERROR_SUCCESS ? S_OK : MAPI_E_CALL_FAILED;
}

}  // namespace standin_mapi
