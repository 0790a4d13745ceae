// Profile administration (IProfAdmin), with MAPI's result codes. Message services are not
// administered here, passwords do not exist, and a profile in use cannot be renamed: those calls
// answer MAPI_E_NO_SUPPORT.
#pragma once

#include "tests/windows/standin_mapi/mapi_headers.h"

namespace standin_mapi {

HRESULT open_profile_admin(LPPROFADMIN* result);

}  // namespace standin_mapi
