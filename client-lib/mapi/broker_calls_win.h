// What this DLL asks the broker, in the terms of MAPI. Every call runs as the process, not as whom
// the thread impersonates (KB 817375), keeps the thread's last error, and throws nothing; a broker
// that does not answer leaves the program as it is, except that deletions wait.
//
// The client library is linked in, not loaded: a profile_broker.dll would be looked for in the
// program's folder first, where another version may lie, and a program that uses that DLL itself
// must keep its own remover. Two copies in one process are two holders to each other, which the
// service and the notices in the hive (hive_notices.h) allow for.
#pragma once

#include <windows.h>

#include <mapix.h>

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "client-lib/broker_client.h"

namespace profile_broker::client::mapi {

// The name in a call of MAPI; nothing when it is no name a profile can have. unicode: MAPI_UNICODE
// is among the call's flags.
std::optional<ProfileName> profile_name(const void* text, bool unicode);

struct Acquired {
  enum class How {
    held,     // reference is to be released
    refused,  // the profile is being deleted, or its deletion waits and this process does not use
              // it
    none,     // no reference, no reason to stop the program: the broker is full, or out of memory
  };
  How how = How::none;
  Ledger::Handle reference = 0;
};
Acquired acquire(const ProfileName& profile) noexcept;

// Deletes the profile, or renames it, when that waits for this reference only. In the middle of a
// function of real MAPI (thread_calls_win.h) it is put aside until the thread has left that.
void release(Ledger::Handle reference) noexcept;
// What this thread has put aside, unless it is in the middle still (real_call_win.h).
void release_what_was_put_aside() noexcept;

// Whether the name is taken as far as other programs of the account go: the profile is in use, or
// its deletion waits. False when nobody answers: then real MAPI decides alone.
bool is_name_alive(const ProfileName& profile) noexcept;

// Folded names of the profiles whose deletion waits.
std::set<std::string> profiles_to_hide() noexcept;

// Runs `remove`, which is real MAPI's DeleteProfile as the program called it, unless the profile is
// in use anywhere on the machine or nobody knows; then S_OK, as MAPI answers when a deletion waits.
// is_there: whether real MAPI has such a profile; asked only when no broker answers.
HRESULT delete_profile(const ProfileName& profile, const std::function<HRESULT()>& remove,
                       const std::function<bool()>& is_there) noexcept;

// The same for RenameProfile.
HRESULT rename_profile(const ProfileName& profile, const ProfileName& new_name,
                       const std::function<HRESULT()>& rename) noexcept;

// Deletes and renames what waits and is in use no longer. Begins nothing after three seconds.
void sweep() noexcept;

}  // namespace profile_broker::client::mapi
