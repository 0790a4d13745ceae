// The oddities of odd_mapi.h that are an IProfAdmin's.
#pragma once

#include <windows.h>

#include <mapix.h>

namespace odd_mapi {

// Gives the stand-in's object other methods. wanted: kTwoObjects or kUnicodeNames.
void make_odd(LPPROFADMIN admin, unsigned wanted);

}  // namespace odd_mapi
