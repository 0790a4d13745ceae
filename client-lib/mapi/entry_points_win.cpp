// The functions of MAPI in which references begin and end, and profiles are administered. Each
// calls the real function first or last, answers what it answers, and adds no error value of its
// own to it: MAPILogonEx refuses a profile that others have deleted with MAPI_E_LOGON_FAILED, as
// MAPI does for one that it has marked. All other functions go on by thunks.S without coming here.
//
// Nothing here runs at load time. Real MAPI may call any of these from inside any of its own.
#include <windows.h>

#include <mapix.h>

#include <mapi.h>

#include "client-lib/mapi/broker_calls_win.h"
#include "client-lib/mapi/profile_admin_win.h"
#include "client-lib/mapi/real_mapi_win.h"
#include "client-lib/mapi/session_profile_win.h"
#include "client-lib/mapi/session_watch_win.h"
#include "client-lib/mapi/thread_calls_win.h"

namespace profile_broker::client::mapi {
namespace {

// What fails here without real MAPI is memory. After a logon that leaves the session as real MAPI
// made it, without a reference.
template <typename Answer, typename Body>
Answer surviving(Answer otherwise, Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    return otherwise;
  }
}

// The reference that a logon takes beforehand to the profile it names, so that nobody deletes it in
// between; afterwards the session has it, or it is released.
class LogonReference {
 public:
  explicit LogonReference(std::optional<ProfileName> named) : named_(std::move(named)) {
    if (named_) {
      acquired_ = acquire(*named_);
    }
  }
  LogonReference(const LogonReference&) = delete;
  LogonReference& operator=(const LogonReference&) = delete;
  ~LogonReference() { let_go(); }

  bool is_refused() const { return acquired_.how == Acquired::How::refused; }

  // To the profile that the session really has. Nothing known of it: the named one's stays.
  void turn_to(const std::optional<ProfileName>& real) {
    if (!real || (named_ && named_->folded() == real->folded())) {
      return;
    }
    const auto next = acquire(*real);
    let_go();
    named_ = real;
    acquired_ = next;
  }

  bool is_held() const { return acquired_.how == Acquired::How::held; }
  Ledger::Handle reference() const { return acquired_.reference; }
  void hand_over() { acquired_ = {}; }

 private:
  void let_go() {
    if (is_held()) {
      release(acquired_.reference);
    }
    acquired_ = {};
  }

  std::optional<ProfileName> named_;
  Acquired acquired_;
};

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
  HRESULT result = MAPI_E_CALL_FAILED;
  {
    const ThreadCall call(ThreadCall::What::real_mapi);
    result = real_logon_ex()(window, name, password, flags, session);
  }
  if (FAILED(result) || !session || !*session) {
    return result;
  }
  const KeepLastError keep;
  return surviving(result, [&] {
    reference.turn_to(profile_of(**session));
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

// Of a session of Simple MAPI, which has no profile section of its own.
std::optional<ProfileName> profile_of_simple(LHANDLE simple) {
  IMAPISession* session = nullptr;
  if (real_session_from_simple()(simple, 0, nullptr, &session) != S_OK || !session) {
    return std::nullopt;
  }
  auto name = profile_of(*session);
  session->Release();
  return name;
}

ULONG log_on_simply(ULONG_PTR window, LPSTR name, LPSTR password, FLAGS flags, ULONG reserved,
                    LPLHANDLE session) {
  LogonReference reference(profile_name(name, false));
  if (reference.is_refused() && (flags & MAPI_NEW_SESSION) != 0) {
    return MAPI_E_LOGON_FAILURE;
  }
  ULONG result = MAPI_E_FAILURE;
  {
    const ThreadCall call(ThreadCall::What::real_mapi);
    result = real_simple_logon()(window, name, password, flags, reserved, session);
  }
  if (result != SUCCESS_SUCCESS || !session) {
    return result;
  }
  const KeepLastError keep;
  return surviving(result, [&] {
    reference.turn_to(profile_of_simple(*session));
    if (reference.is_refused()) {
      real_simple_logoff()(*session, window, 0, 0);
      *session = 0;
      return static_cast<ULONG>(MAPI_E_LOGON_FAILURE);
    }
    if (reference.is_held()) {
      watch_simple_session(*session, reference.reference());
      reference.hand_over();
    }
    return result;
  });
}

}  // namespace
}  // namespace profile_broker::client::mapi

using namespace profile_broker::client::mapi;  // NOLINT: this file is the outermost layer

extern "C" {

HRESULT STDAPICALLTYPE client_MAPIInitialize(void* options) {
  // A provider that initialises MAPI from inside must not find leftovers being deleted around it.
  const bool nested = ThreadCall::in_real_mapi() || ThreadCall::in_broker_work();
  HRESULT result = MAPI_E_NOT_INITIALIZED;
  {
    const ThreadCall call(ThreadCall::What::real_mapi);
    result = real_initialize()(options);
  }
  if (SUCCEEDED(result) && count_initialize(nested)) {
    sweep();
  }
  return result;
}

void STDAPICALLTYPE client_MAPIUninitialize() {
  if (is_process_ending()) {
    real_uninitialize()();
    return;
  }
  const auto left = count_uninitialize();
  {
    const ThreadCall call(ThreadCall::What::real_mapi);
    real_uninitialize()();
  }
  for (const auto& watched : left) {
    release(watched.reference);
  }
}

HRESULT STDAPICALLTYPE client_MAPILogonEx(ULONG_PTR window, LPTSTR name, LPTSTR password,
                                          ULONG flags, IMAPISession** session) {
  return surviving(static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY),
                   [&] { return log_on(window, name, password, flags, session); });
}

HRESULT STDAPICALLTYPE client_MAPIAdminProfiles(ULONG flags, IProfAdmin** admin) {
  HRESULT result = MAPI_E_CALL_FAILED;
  {
    const ThreadCall call(ThreadCall::What::real_mapi);
    result = real_admin_profiles()(flags, admin);
  }
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

ULONG STDAPICALLTYPE client_MAPILogon(ULONG_PTR window, LPSTR name, LPSTR password, FLAGS flags,
                                      ULONG reserved, LPLHANDLE session) {
  return surviving(static_cast<ULONG>(MAPI_E_INSUFFICIENT_MEMORY),
                   [&] { return log_on_simply(window, name, password, flags, reserved, session); });
}

ULONG STDAPICALLTYPE client_MAPILogoff(LHANDLE session, ULONG_PTR window, FLAGS flags,
                                       ULONG reserved) {
  ULONG result = MAPI_E_FAILURE;
  {
    const ThreadCall call(ThreadCall::What::real_mapi);
    result = real_simple_logoff()(session, window, flags, reserved);
  }
  if (result == SUCCESS_SUCCESS && !is_process_ending()) {
    const KeepLastError keep;
    simple_session_ended(session);
  }
  return result;
}

}  // extern "C"
