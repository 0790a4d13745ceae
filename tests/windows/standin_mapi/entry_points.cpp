// What the stand-in exports: a MAPI provider as Windows' and Wine's mapi32.dll loads it, by the
// values DLLPath and DLLPathEx of the default client below HKLM\Software\Clients\Mail. It stands in
// for the MAPI of Outlook and Exchange, which cannot be installed on a test machine: documented
// behaviour, real registry, real named objects, and the fault of KB 818861. It has no message
// stores and no shared sessions: each logon opens the profile it names.
//
// It is loaded under the loader lock, so it does nothing until it is called.
#include <mutex>

#include "tests/windows/standin_mapi/profile_admin.h"
#include "tests/windows/standin_mapi/profile_lifetime.h"
#include "tests/windows/standin_mapi/session.h"

namespace {

std::mutex initialize_lock;
ULONG initialize_count = 0;

bool initialized() {
  const std::lock_guard guard(initialize_lock);
  return initialize_count > 0;
}

}  // namespace

// The first call of a process is the one that looks for marked profiles.
extern "C" HRESULT WINAPI MAPIInitialize(LPVOID) {
  const std::lock_guard guard(initialize_lock);
  if (initialize_count == 0) {
    standin_mapi::sweep_marked_profiles();
  }
  ++initialize_count;
  return S_OK;
}

extern "C" void WINAPI MAPIUninitialize() {
  const std::lock_guard guard(initialize_lock);
  if (initialize_count > 0) {
    --initialize_count;
  }
}

extern "C" HRESULT WINAPI MAPIAdminProfiles(ULONG, LPPROFADMIN* result) {
  if (result == nullptr) {
    return MAPI_E_INVALID_PARAMETER;
  }
  return initialized() ? standin_mapi::open_profile_admin(result) : MAPI_E_NOT_INITIALIZED;
}

extern "C" HRESULT WINAPI MAPILogonEx(ULONG_PTR, LPTSTR name, LPTSTR, ULONG flags,
                                      LPMAPISESSION* result) {
  if (result == nullptr) {
    return MAPI_E_INVALID_PARAMETER;
  }
  if (!initialized()) {
    return MAPI_E_NOT_INITIALIZED;
  }
  std::wstring profile;
  if (name == nullptr && (flags & MAPI_USE_DEFAULT) != 0) {
    profile = standin_mapi::default_profile().value_or(L"");
  } else if (name != nullptr && (flags & MAPI_UNICODE) != 0) {
    profile = reinterpret_cast<const wchar_t*>(name);
  } else if (name != nullptr) {
    profile = standin_mapi::from_ansi(reinterpret_cast<const char*>(name));
  }
  return profile.empty() ? MAPI_E_LOGON_FAILED : standin_mapi::log_on(profile, result);
}
