// A MAPI session (IMAPISession): it uses one profile from its logon until Logoff or its last
// Release, whichever comes first, and opens the profile's sections. Message stores and address
// books are not part of the stand-in.
#pragma once

#include "tests/windows/standin_mapi/mapi_headers.h"

namespace standin_mapi {

// Logs on to the named profile; MAPI_E_LOGON_FAILED: there is none.
HRESULT log_on(const std::wstring& profile, LPMAPISESSION* result);

}  // namespace standin_mapi
