// The real MAPI behind this DLL: found and loaded by the first call of any function, never at load
// time, and kept until the process ends, this DLL with it, because MAPI's objects outlive every
// count. A provider that cannot be had is told to the event log once; the next MAPIInitialize or
// MAPILogon looks again, all other calls answer at once. Any thread; no lock is held while a module
// loads.
#pragma once

#include <windows.h>

#include <mapix.h>

#include <mapi.h>

#include "client-lib/remover_win.h"

namespace profile_broker::client::mapi {

// The real functions. Where the real MAPI has none, one that answers as mapi_functions.inc says.
LPMAPIINITIALIZE real_initialize();
LPMAPIUNINITIALIZE real_uninitialize();
LPMAPILOGONEX real_logon_ex();
LPMAPIADMINPROFILES real_admin_profiles();
LPMAPIALLOCATEBUFFER real_allocate_buffer();
LPMAPIALLOCATEMORE real_allocate_more();
LPMAPIFREEBUFFER real_free_buffer();
LPMAPILOGON real_simple_logon();
LPMAPILOGOFF real_simple_logoff();

// The session behind a session of Simple MAPI.
using SessionFromSimple = SCODE(STDAPICALLTYPE*)(LHANDLE, ULONG, LPCIID, LPMAPISESSION*);
SessionFromSimple real_session_from_simple();

// What deleting and renaming for real needs.
MapiFunctions real_profile_functions();

}  // namespace profile_broker::client::mapi
