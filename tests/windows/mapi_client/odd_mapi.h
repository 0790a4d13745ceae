// What odd_mapi.dll does otherwise than the stand-in: all of it allowed, and none of it usual. The
// oddities are chosen while the test runs, for the sessions that are made from then on.
#pragma once

namespace odd_mapi {

enum Oddity : unsigned {
  kPlain = 0,
  kTableAmongCode = 1,       // each session has a table of its own, in a page with code
  kFunctionsOfItsOwn = 2,    // and functions of its own in it
  kReleaseTellsNothing = 4,  // Release answers 0 whatever is left
  kProfileIsSecret = 8,      // nothing tells the profile of a session
  kSharedSession = 16,       // a logon that does not ask for a new session gets the last one again
  kEndsMapiInside = 32,      // MAPIInitialize and MAPIUninitialize call mapi32.dll's, too
  kTwoObjects = 64,          // the IUnknown of an IProfAdmin is another object
  kUnicodeNames = 128,       // an IProfAdmin takes names with MAPI_UNICODE
};

// Exported: what a test asks for and looks at.
using SetOddities = void(unsigned oddities);
using Count = long();
// "TimesReentered": how often profiles were administered by a thread in the middle of another of
// this provider's functions, which it is not made for. "ForeignSessions": how often it was given a
// session of the other provider.
// "CodeBesideTable": a function in the same page as the table of the last session.
using Code = void();
using CodeBesideTable = Code*();

}  // namespace odd_mapi
