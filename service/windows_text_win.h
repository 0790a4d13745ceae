// Between Windows and the UTF-8 that the rest of the service speaks: strings, SIDs and error codes.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>

namespace profile_broker::service {

// What is not well-formed becomes U+FFFD: these are texts and paths for people and for Windows, not
// profile names (proto/text.h is strict for those).
std::wstring wide_text(std::string_view utf8);
std::string utf8_text(std::wstring_view wide);

// "S-1-5-18"; empty when sid is no valid SID.
std::string sid_text(PSID sid);

// "Access is denied (5)".
std::string windows_error_text(DWORD error);

}  // namespace profile_broker::service
