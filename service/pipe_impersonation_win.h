// The only place where the service takes on a client's identity, for one call of Windows and
// nothing else.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>
#include <variant>

#include "service/handle_win.h"

namespace profile_broker::service {

// The token of whoever opened the client's end of pipe (borrowed), or why it cannot be had; then
// the connection must be closed. first_frame is the proof that something was read: Windows refuses
// impersonation before that. Ends the process, with the exit code ERROR_CANNOT_IMPERSONATE, when
// the service's own identity cannot be restored. revert: another function is for the test of that.
std::variant<KernelHandle, std::string> client_token(HANDLE pipe, std::string_view first_frame,
                                                     BOOL(WINAPI* revert)() = &RevertToSelf);

}  // namespace profile_broker::service
