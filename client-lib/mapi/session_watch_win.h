// When the sessions that MAPILogonEx has handed out end, without a wrapper around them.
//
// The choice was between two ways. An advise sink or another object that lives as long as its
// session: MAPI does not say when it lets go of sinks at a logoff, providers may refuse Advise, and
// each sink takes room in the machine-wide shared heap (KB 269794). Or the class's own function
// table: Release and Logoff are called through it by everybody, whatever the provider, because that
// is what a COM interface is. So the two entries of the table are pointed at functions here, which
// call the class's own and then look at the answer. A session stays the very object that real MAPI
// made: its address, its interfaces and its reference count are real MAPI's, and it can be handed
// to MAPIOpenFormMgr, HrComposeEID and the like. Objects of that class that no MAPILogonEx has
// handed out pass through untouched.
//
// A session has ended when its Release says that no reference is left, or when its Logoff succeeds;
// a session that was handed out twice, as a shared one may be, ends twice. Release is believed when
// a session's first answers show that it counts the whole object: COM does not oblige it to. What
// cannot be seen so (a last Release through another interface, a table in memory that cannot be
// written) ends when MAPIUninitialize reaches zero, else with the process. Any thread.
#pragma once

#include <windows.h>

#include <mapix.h>

#include "client-lib/ledger.h"

namespace profile_broker::client::mapi {

// From now on the end of this session releases that reference.
void watch_session(IMAPISession* session, Ledger::Handle reference);

// Sessions of Simple MAPI, which end by MAPILogoff only, and those of CMC, by cmc_logoff.
enum class SimpleSessions { simple_mapi, cmc };
void watch_simple_session(SimpleSessions kind, LHANDLE session, Ledger::Handle reference);
void simple_session_ended(SimpleSessions kind, LHANDLE session) noexcept;

// One more successful MAPIInitialize. True for the first one since the count was zero; when that
// one came from inside real MAPI (nested), for the first one that did not.
bool count_initialize(bool nested) noexcept;

// One less. When the count reaches zero, all sessions that are still watched have ended.
void count_uninitialize() noexcept;
// The reference of one of those, once, for the caller to release when real MAPI is down; false when
// there is none left.
bool take_session_ended_with_mapi(Ledger::Handle& reference) noexcept;

}  // namespace profile_broker::client::mapi
