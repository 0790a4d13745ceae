// The longest path that Windows gives or takes, in UTF-16 units with the closing zero: what the
// buffers hold that receive one ("Maximum Path Length Limitation", learn.microsoft.com). Owns
// nothing else.
#pragma once

#include <windows.h>

namespace profile_broker::service {

inline constexpr DWORD kLongestPath = 32768;

}  // namespace profile_broker::service
