// Who may do what with the pipe, and how its instances are created: the one security descriptor and
// the one set of creation flags. Pure values, so that tests can check each bit; listener_win.cpp
// applies them.
#pragma once

#include <windows.h>

#include "service/handle_win.h"

namespace profile_broker::service {

// Owner and group LocalSystem: clients refuse to talk to a pipe that LocalSystem does not own. An
//   unprivileged process cannot make an object that LocalSystem owns.
// P: nothing is inherited.
// (A;;FA;;;SY): LocalSystem, that is the service, may do everything; further instances need it.
// (A;;0x12019b;;;AU): every logged-on account, also services and batch jobs, may read and write:
//   FILE_GENERIC_READ | FILE_GENERIC_WRITE without 0x4. 0x4 is FILE_APPEND_DATA for a file and
//   FILE_CREATE_PIPE_INSTANCE for a pipe: with it a client could become a second server of our name
//   (CVE-2024-4877), so never GW, GA, FA or FW here. AU leaves out anonymous and guests.
//   Administrators need no entry of their own. No deny entry for NETWORK: it would refuse local
//   programs whose logon was of network type; PIPE_REJECT_REMOTE_CLIENTS keeps other machines out.
// (ML;;NW;;;ME): no write from below medium integrity. Windows' default, spelled out so that nobody
//   lowers it by accident. No entry for application packages: AppContainers stay out.
inline constexpr wchar_t kPipeSecurity[] =
    L"O:SYG:SYD:P(A;;FA;;;SY)(A;;0x12019b;;;AU)S:(ML;;NW;;;ME)";

// kPipeSecurity as Windows wants it; empty, with GetLastError(), when Windows cannot read it.
LocalMemory pipe_security_descriptor();

// How much a pipe holds each way before a writer waits for the reader; charged to the service.
inline constexpr DWORD kPipeBufferBytes = 4096;

// CreateNamedPipeW's parameters.
struct PipeCreation {
  DWORD open_mode = 0;
  DWORD pipe_mode = 0;
  DWORD max_instances = 0;
  DWORD buffer_bytes = 0;  // each way
  BOOL inheritable = FALSE;
};

// first_instance: this instance makes the name, and must fail when somebody has it already.
PipeCreation pipe_creation(bool first_instance);

}  // namespace profile_broker::service
