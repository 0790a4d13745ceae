// The functions of extended MAPI in which references begin and end, and profiles are administered
// (simple_entry_points_win.cpp: those of Simple MAPI). Each
// calls the real function first or last, answers what it answers, and adds no error value of its
// own to it: MAPILogonEx refuses a profile that others have deleted with MAPI_E_LOGON_FAILED, as
// MAPI does for one that it has marked. All other functions go on by thunks.S without coming here.
//
// Nothing here runs at load time. Real MAPI may call any of these from inside any of its own.
#include <windows.h>

#include <mapix.h>

#include "client-lib/mapi/default_profile_win.h"
#include "client-lib/mapi/logon_reference_win.h"
#include "client-lib/mapi/mapi_thunks_win.h"
#include "client-lib/mapi/profile_admin_win.h"
#include "client-lib/mapi/real_call_win.h"
#include "client-lib/mapi/session_profile_win.h"
#include "client-lib/mapi/session_watch_win.h"

namespace profile_broker::client::mapi {
namespace {

using namespace mapi_thunks;

// As MAPI ends a logon that fails late: the caller never sees the session.
HRESULT refuse(IMAPISession** session) {
  (*session)->Logoff(0, 0, 0);
  (*session)->Release();
  *session = nullptr;
  return MAPI_E_LOGON_FAILED;
}

HRESULT log_on(ULONG_PTR window, LPTSTR name, LPTSTR password, ULONG flags,
               IMAPISession** session) {
  LogonReference reference(profile_name(name, (flags & MAPI_UNICODE) != 0));
  // Without MAPI_NEW_SESSION the name is ignored where there is a shared session.
  if (reference.is_refused() && (flags & MAPI_NEW_SESSION) != 0) {
    return MAPI_E_LOGON_FAILED;
  }
  const HRESULT result = in_real_mapi(
      [&] { return as<LPMAPILOGONEX>(thunk_MAPILogonEx)(window, name, password, flags, session); });
  if (FAILED(result) || !session || !*session) {
    return result;
  }
  const KeepLastError keep;
  return surviving(result, [&] {
    reference.turn_to(profile_of(**session));
    if (!reference.is_named() && (flags & MAPI_USE_DEFAULT) != 0) {
      reference.turn_to(default_profile());  // its provider does not tell
    }
    if (reference.is_refused()) {
      return refuse(session);
    }
    if (reference.is_held()) {
      watch_session(*session, reference.reference());
      reference.hand_over();
    }
    return result;
  });
}

// The last count may have been a provider's, in the middle of the program's own call.
void release_sessions_ended_with_mapi() {
  Ledger::Handle reference = 0;
  while (!ThreadCall::in_either() && take_session_ended_with_mapi(reference)) {
    release(reference);
  }
}

}  // namespace
}  // namespace profile_broker::client::mapi

using namespace profile_broker::client::mapi;  // NOLINT: this file is the outermost layer
using namespace mapi_thunks;                   // NOLINT

extern "C" {

HRESULT STDAPICALLTYPE client_MAPIInitialize(void* options) {
  // A provider that initialises MAPI from inside must not find leftovers being deleted around it.
  const bool nested = ThreadCall::in_either();
  const HRESULT result =
      in_real_mapi([&] { return as<LPMAPIINITIALIZE>(thunk_MAPIInitialize)(options); });
  if (SUCCEEDED(result) && count_initialize(nested)) {
    sweep();
  }
  return result;
}

void STDAPICALLTYPE client_MAPIUninitialize() {
  const auto uninitialize = as<LPMAPIUNINITIALIZE>(thunk_MAPIUninitialize);
  if (is_process_ending()) {
    uninitialize();
    return;
  }
  count_uninitialize();
  in_real_mapi(uninitialize);
  release_sessions_ended_with_mapi();
}

HRESULT STDAPICALLTYPE client_MAPILogonEx(ULONG_PTR window, LPTSTR name, LPTSTR password,
                                          ULONG flags, IMAPISession** session) {
  return surviving(static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY),
                   [&] { return log_on(window, name, password, flags, session); });
}

HRESULT STDAPICALLTYPE client_MAPIAdminProfiles(ULONG flags, IProfAdmin** admin) {
  const HRESULT result =
      in_real_mapi([&] { return as<LPMAPIADMINPROFILES>(thunk_MAPIAdminProfiles)(flags, admin); });
  if (FAILED(result) || !admin || !*admin || ThreadCall::in_broker_work()) {
    return result;
  }
  IProfAdmin* const guarded_admin = guard_profiles(*admin);
  if (!guarded_admin) {
    (*admin)->Release();
  }
  *admin = guarded_admin;
  return guarded_admin ? result : MAPI_E_NOT_ENOUGH_MEMORY;
}

}  // extern "C"
