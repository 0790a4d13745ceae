// Starting a program for a test. Under Wine 8.0 a start fails now and then (once in some hundreds,
// with four loops of starts side by side), before the program's first instruction, with
// ERROR_INTERNAL_ERROR. Only that is tried again, and said on standard error.
#pragma once

#include <windows.h>

#include <iostream>

namespace profile_broker {

// start: calls CreateProcessW or one of its sisters and returns what that returns. The result is
// the last attempt's; GetLastError() is that of the failure.
template <typename Start>
bool start_process(Start start) {
  for (int more = 4; start() == FALSE; --more) {
    const DWORD error = GetLastError();
    if (error != ERROR_INTERNAL_ERROR || more == 0) {
      SetLastError(error);
      return false;
    }
    std::cerr << "CreateProcess failed with ERROR_INTERNAL_ERROR; once more\n";
  }
  return true;
}

}  // namespace profile_broker
