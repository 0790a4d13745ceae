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

// What deleting, renaming and listing profiles for real needs.
MapiFunctions real_profile_functions();

LPMAPIALLOCATEBUFFER real_allocate_buffer();
LPMAPIALLOCATEMORE real_allocate_more();
LPMAPIFREEBUFFER real_free_buffer();

// Whether there is an extended MAPI to be asked about profiles. No event tells when there is none:
// a client may have Simple MAPI only.
bool has_extended_mapi() noexcept;

// Simple MAPI (DLLPath) and extended MAPI (DLLPathEx) of a client may be two DLLs, each with its
// own sessions and its own memory. Which of them are loaded so far:
bool are_two_providers();
bool is_only_simple_loaded();

// Functions of the one that has Simple MAPI; null when it is not loaded or has none.
LPMAPIFREEBUFFER simple_free_buffer();
// The session behind a session of Simple MAPI or of CMC.
using SessionFromSimple = SCODE(STDAPICALLTYPE*)(LHANDLE, ULONG, LPCIID, LPMAPISESSION*);
SessionFromSimple session_from_simple();
SessionFromSimple session_from_cmc();

}  // namespace profile_broker::client::mapi
