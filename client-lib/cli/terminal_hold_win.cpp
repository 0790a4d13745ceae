// The console's control events behind terminal_hold.h. A console shows nothing of what is typed
// until somebody reads it, so there is nothing else to turn off.
#include <windows.h>

#include <atomic>

#include "client-lib/cli/terminal_hold.h"

namespace profile_broker::client::cli {
namespace {

std::atomic<bool> signalled = false;

// On a thread of the system's. Closing the window ends the process when this returns, and the
// screen with it.
BOOL WINAPI note(DWORD) {
  signalled = true;
  return TRUE;
}

}  // namespace

TerminalHold::TerminalHold() {
  signalled = false;
  SetConsoleCtrlHandler(note, TRUE);
}

TerminalHold::~TerminalHold() {
  SetConsoleCtrlHandler(note, FALSE);
}

bool TerminalHold::ended() const {
  return signalled;
}

}  // namespace profile_broker::client::cli
