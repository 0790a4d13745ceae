// The profile table (IMAPITable): a static table with MAPI's two columns, PR_DISPLAY_NAME and
// PR_DEFAULT_PROFILE. A profile that was deleted, though still in use, is not in it.
#pragma once

#include "tests/windows/standin_mapi/mapi_headers.h"

namespace standin_mapi {

// flags: MAPI_UNICODE for wide names.
HRESULT open_profile_table(ULONG flags, LPMAPITABLE* result);

}  // namespace standin_mapi
