// An IProfAdmin that holds back what would take a profile from under a program in another session,
// and goes on to real MAPI's for everything else. No function of MAPI takes an IProfAdmin, so this
// one can be another object than real MAPI's.
//
//   DeleteProfile    in use anywhere on the machine: S_OK, and the real one runs after the last use
//   RenameProfile    the same
//   GetProfileTable  without the profiles whose deletion waits, as MAPI hides the ones it has
//   marked CreateProfile, CopyProfile, RenameProfile   to a name that still lives: as to an
//   existing one
#pragma once

#include <windows.h>

#include <mapix.h>

namespace profile_broker::client::mapi {

// Takes over the caller's reference to `real`. Null when there is no memory; then it does not.
IProfAdmin* guard_profiles(IProfAdmin* real) noexcept;

}  // namespace profile_broker::client::mapi
