// The MAPI headers of the tool chain, in the order they need. MAPI's prototypes say LPTSTR where
// they mean "ANSI, unless the MAPI_UNICODE flag says otherwise"; this tree compiles with UNICODE,
// so callers cast with as_mapi_text.
#pragma once

#include <windows.h>

#include <mapiutil.h>
#include <mapix.h>

#include <string>

#ifndef MAPI_UNICODE
#define MAPI_UNICODE static_cast<ULONG>(0x80000000)
#endif

namespace standin_mapi {

inline LPTSTR as_mapi_text(const char* ansi) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(ansi));
}

// Converts between the ANSI code page of this process, which MAPI speaks, and UTF-16, which the
// registry stores.
std::wstring from_ansi(const char* text);
std::string to_ansi(const std::wstring& text);

}  // namespace standin_mapi
