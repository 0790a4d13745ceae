// Puts this process into another Terminal Services session, as far as named objects go. Under Wine
// every process is in session 1; kernelbase builds the Local\ namespace from the session id in the
// process environment block, so a process that changes it before its first named object lives in
// the namespace of another session, like a process that was started there. Global\ stays what all
// sessions share. Only Wine lets a process do this; Windows decides at logon.
#pragma once

#include <windows.h>

namespace scene {

// Creates the namespace of `session` when absent and enters it. Call it first thing in main.
// Returns an NTSTATUS.
LONG enter_terminal_session(DWORD session);

// The session this process counts as in.
DWORD current_terminal_session();

}  // namespace scene
