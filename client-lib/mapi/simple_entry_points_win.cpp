// Simple MAPI and CMC. A session holds its profile from its logon to its logoff. A call without a
// session, for which real MAPI logs on within the call, holds the default profile as long as it
// lasts: which profile real MAPI takes then cannot be seen from outside, but the default one it is,
// unless somebody chooses another in a dialog, or the process has a shared session, which holds its
// profile already.
//
// Also what Simple MAPI allocates for the program, which the program frees by MAPIFreeBuffer
// (simple_buffers_win.h). Functions of Simple MAPI and CMC that need a session, and return nothing
// to be freed so, go on by thunks.S without coming here.
#include <windows.h>

#include <mapix.h>

#include <mapi.h>
#include <xcmc.h>

#include "client-lib/mapi/default_profile_win.h"
#include "client-lib/mapi/logon_reference_win.h"
#include "client-lib/mapi/mapi_thunks_win.h"
#include "client-lib/mapi/real_call_win.h"
#include "client-lib/mapi/real_mapi_win.h"
#include "client-lib/mapi/session_profile_win.h"
#include "client-lib/mapi/session_watch_win.h"
#include "client-lib/mapi/simple_buffers_win.h"

namespace profile_broker::client::mapi {
namespace {

using namespace mapi_thunks;

// Neither has a profile section of its own.
std::optional<ProfileName> profile_behind(SessionFromSimple session_from, LHANDLE simple) {
  IMAPISession* session = nullptr;
  if (!session_from || session_from(simple, 0, nullptr, &session) != S_OK || !session) {
    return std::nullopt;
  }
  auto name = profile_of(*session);
  session->Release();
  return name;
}

struct SimpleKind {
  SimpleSessions sessions;
  SessionFromSimple (*session_from)();
  ULONG out_of_memory;
  ULONG refused;
};
constexpr SimpleKind kSimpleMapi = {SimpleSessions::simple_mapi, session_from_simple,
                                    MAPI_E_INSUFFICIENT_MEMORY, MAPI_E_LOGON_FAILURE};
constexpr SimpleKind kCmc = {SimpleSessions::cmc, session_from_cmc, CMC_E_INSUFFICIENT_MEMORY,
                             CMC_E_LOGON_FAILURE};

// log_on: the real logon, which sets the session. log_off: takes back a logon that comes too late,
// since the caller never sees the session. new_session: the named profile it is, or none.
template <typename Session, typename LogOn, typename LogOff>
ULONG log_on_simply(const SimpleKind& kind, const char* name, bool new_session, Session* session,
                    LogOn&& log_on, LogOff&& log_off) noexcept {
  return surviving(kind.out_of_memory, [&]() -> ULONG {
    LogonReference reference(profile_name(name, false));
    if (reference.is_refused() && new_session) {
      return kind.refused;
    }
    const ULONG result = in_real_mapi(log_on);
    if (result != SUCCESS_SUCCESS || !session) {
      return result;
    }
    const KeepLastError keep;
    return surviving(result, [&] {
      reference.turn_to(profile_behind(kind.session_from(), *session));
      if (!reference.is_named()) {
        reference.turn_to(default_profile());
      }
      if (reference.is_refused()) {
        in_real_mapi(log_off);
        *session = 0;
        return kind.refused;
      }
      if (reference.is_held()) {
        watch_simple_session(kind.sessions, *session, reference.reference());
        reference.hand_over();
      }
      return result;
    });
  });
}

// call: the real function. session: 0 when it is to log on by itself.
template <typename Call>
ULONG with_session(LHANDLE session, Call&& call) noexcept {
  const auto go_on = [&] { return in_real_mapi(call); };
  if (session != 0) {
    return go_on();
  }
  bool called = false;
  ULONG result = MAPI_E_INSUFFICIENT_MEMORY;
  surviving(false, [&] {
    const LogonReference held(default_profile());
    called = true;
    result = go_on();
    return true;
  });
  return called ? result : go_on();
}

}  // namespace
}  // namespace profile_broker::client::mapi

using namespace profile_broker::client::mapi;  // NOLINT: this file is the outermost layer
using namespace mapi_thunks;                   // NOLINT

// The real function of the same name.
#define REAL(name) as<decltype(&client_##name)>(thunk_##name)

extern "C" {

ULONG STDAPICALLTYPE client_MAPILogoff(LHANDLE session, ULONG_PTR window, FLAGS flags,
                                       ULONG reserved) {
  const ULONG result =
      in_real_mapi([&] { return REAL(MAPILogoff)(session, window, flags, reserved); });
  if (result == SUCCESS_SUCCESS && !is_process_ending()) {
    const KeepLastError keep;
    simple_session_ended(SimpleSessions::simple_mapi, session);
  }
  return result;
}

ULONG STDAPICALLTYPE client_MAPILogon(ULONG_PTR window, LPSTR name, LPSTR password, FLAGS flags,
                                      ULONG reserved, LPLHANDLE session) {
  return log_on_simply(
      kSimpleMapi, name, (flags & MAPI_NEW_SESSION) != 0, session,
      [&] { return REAL(MAPILogon)(window, name, password, flags, reserved, session); },
      [&] { return REAL(MAPILogoff)(*session, window, 0, 0); });
}

ULONG STDAPICALLTYPE client_MAPISendMail(LHANDLE session, ULONG_PTR window, lpMapiMessage message,
                                         FLAGS flags, ULONG reserved) {
  return with_session(
      session, [&] { return REAL(MAPISendMail)(session, window, message, flags, reserved); });
}

ULONG STDAPICALLTYPE client_MAPISendMailW(LHANDLE session, ULONG_PTR window, void* message,
                                          FLAGS flags, ULONG reserved) {
  return with_session(
      session, [&] { return REAL(MAPISendMailW)(session, window, message, flags, reserved); });
}

ULONG STDAPICALLTYPE client_MAPISendDocuments(ULONG_PTR window, LPSTR delimiter, LPSTR paths,
                                              LPSTR names, ULONG reserved) {
  return with_session(
      0, [&] { return REAL(MAPISendDocuments)(window, delimiter, paths, names, reserved); });
}

ULONG STDAPICALLTYPE client_MAPISaveMail(LHANDLE session, ULONG_PTR window, lpMapiMessage message,
                                         FLAGS flags, ULONG reserved, LPSTR id) {
  return with_session(
      session, [&] { return REAL(MAPISaveMail)(session, window, message, flags, reserved, id); });
}

ULONG STDAPICALLTYPE client_MAPIReadMail(LHANDLE session, ULONG_PTR window, LPSTR id, FLAGS flags,
                                         ULONG reserved, lpMapiMessage* message) {
  const ULONG result = in_real_mapi(
      [&] { return REAL(MAPIReadMail)(session, window, id, flags, reserved, message); });
  if (result == SUCCESS_SUCCESS && message) {
    note_simple_buffer(*message);
  }
  return result;
}

ULONG STDAPICALLTYPE client_MAPIAddress(LHANDLE session, ULONG_PTR window, LPSTR caption,
                                        ULONG fields, LPSTR labels, ULONG count,
                                        lpMapiRecipDesc recipients, FLAGS flags, ULONG reserved,
                                        LPULONG new_count, lpMapiRecipDesc* new_recipients) {
  const ULONG result = with_session(session, [&] {
    return REAL(MAPIAddress)(session, window, caption, fields, labels, count, recipients, flags,
                             reserved, new_count, new_recipients);
  });
  if (result == SUCCESS_SUCCESS && new_recipients) {
    note_simple_buffer(*new_recipients);
  }
  return result;
}

ULONG STDAPICALLTYPE client_MAPIDetails(LHANDLE session, ULONG_PTR window,
                                        lpMapiRecipDesc recipient, FLAGS flags, ULONG reserved) {
  return with_session(
      session, [&] { return REAL(MAPIDetails)(session, window, recipient, flags, reserved); });
}

ULONG STDAPICALLTYPE client_MAPIResolveName(LHANDLE session, ULONG_PTR window, LPSTR name,
                                            FLAGS flags, ULONG reserved,
                                            lpMapiRecipDesc* recipient) {
  const ULONG result = with_session(session, [&] {
    return REAL(MAPIResolveName)(session, window, name, flags, reserved, recipient);
  });
  if (result == SUCCESS_SUCCESS && recipient) {
    note_simple_buffer(*recipient);
  }
  return result;
}

ULONG STDAPICALLTYPE client_MAPIFreeBuffer(void* block) {
  if (take_simple_buffer(block) || is_only_simple_loaded()) {
    if (const auto free_buffer = simple_free_buffer()) {
      return free_buffer(block);
    }
  }
  return real_free_buffer()(block);
}

// Visual Basic's, with arrays of its own; what they return is not freed by MAPIFreeBuffer.

ULONG STDAPICALLTYPE client_BMAPISendMail(LHANDLE session, ULONG_PTR window, void* message,
                                          void* recipients, void* files, ULONG_PTR flags,
                                          ULONG_PTR reserved) {
  return with_session(session, [&] {
    return REAL(BMAPISendMail)(session, window, message, recipients, files, flags, reserved);
  });
}

ULONG STDAPICALLTYPE client_BMAPISaveMail(LHANDLE session, ULONG_PTR window, void* message,
                                          void* recipients, void* files, ULONG_PTR flags,
                                          ULONG_PTR reserved, void* id) {
  return with_session(session, [&] {
    return REAL(BMAPISaveMail)(session, window, message, recipients, files, flags, reserved, id);
  });
}

ULONG STDAPICALLTYPE client_BMAPIResolveName(LHANDLE session, ULONG_PTR window, void* name,
                                             ULONG_PTR flags, ULONG_PTR reserved, void* recipient) {
  return with_session(session, [&] {
    return REAL(BMAPIResolveName)(session, window, name, flags, reserved, recipient);
  });
}

ULONG STDAPICALLTYPE client_BMAPIAddress(LHANDLE session, ULONG_PTR window, void* a, void* b,
                                         void* c, void* d, void* e, void* f, ULONG_PTR flags,
                                         ULONG_PTR reserved) {
  return with_session(session, [&] {
    return REAL(BMAPIAddress)(session, window, a, b, c, d, e, f, flags, reserved);
  });
}

ULONG STDAPICALLTYPE client_BMAPIDetails(LHANDLE session, ULONG_PTR window, void* recipient,
                                         ULONG_PTR flags, ULONG_PTR reserved) {
  return with_session(
      session, [&] { return REAL(BMAPIDetails)(session, window, recipient, flags, reserved); });
}

// Common Messaging Calls. The user of a logon is the profile.

CMC_return_code STDAPICALLTYPE client_cmc_logoff(CMC_session_id session, CMC_ui_id window,
                                                 CMC_flags flags, CMC_extension* extensions) {
  const CMC_return_code result =
      in_real_mapi([&] { return REAL(cmc_logoff)(session, window, flags, extensions); });
  if (result == CMC_SUCCESS && !is_process_ending()) {
    const KeepLastError keep;
    simple_session_ended(SimpleSessions::cmc, session);
  }
  return result;
}

CMC_return_code STDAPICALLTYPE client_cmc_logon(CMC_string service, CMC_string user,
                                                CMC_string password,
                                                CMC_object_identifier characters, CMC_ui_id window,
                                                CMC_uint16 version, CMC_flags flags,
                                                CMC_session_id* session,
                                                CMC_extension* extensions) {
  return log_on_simply(
      kCmc, user, false, session,
      [&] {
        return REAL(cmc_logon)(service, user, password, characters, window, version, flags, session,
                               extensions);
      },
      [&] { return REAL(cmc_logoff)(*session, window, 0, nullptr); });
}

CMC_return_code STDAPICALLTYPE client_cmc_send(CMC_session_id session, CMC_message* message,
                                               CMC_flags flags, CMC_ui_id window,
                                               CMC_extension* extensions) {
  return with_session(session,
                      [&] { return REAL(cmc_send)(session, message, flags, window, extensions); });
}

CMC_return_code STDAPICALLTYPE client_cmc_send_documents(CMC_string addresses, CMC_string subject,
                                                         CMC_string text, CMC_flags flags,
                                                         CMC_string paths, CMC_string names,
                                                         CMC_string delimiter, CMC_ui_id window) {
  return with_session(0, [&] {
    return REAL(cmc_send_documents)(addresses, subject, text, flags, paths, names, delimiter,
                                    window);
  });
}

CMC_return_code STDAPICALLTYPE client_cmc_look_up(CMC_session_id session, CMC_recipient* in,
                                                  CMC_flags flags, CMC_ui_id window,
                                                  CMC_uint32* count, CMC_recipient** out,
                                                  CMC_extension* extensions) {
  return with_session(session, [&] {
    return REAL(cmc_look_up)(session, in, flags, window, count, out, extensions);
  });
}

CMC_return_code STDAPICALLTYPE client_cmc_act_on(CMC_session_id session,
                                                 CMC_message_reference* message, CMC_enum operation,
                                                 CMC_flags flags, CMC_ui_id window,
                                                 CMC_extension* extensions) {
  return with_session(session, [&] {
    return REAL(cmc_act_on)(session, message, operation, flags, window, extensions);
  });
}

}  // extern "C"
