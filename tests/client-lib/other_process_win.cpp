#include <windows.h>

#include <stdexcept>

#include "client-lib/handle_win.h"
#include "tests/client-lib/other_process.h"
#include "tests/support/start_process_win.h"

namespace profile_broker::client {

struct OtherProcess::Handle {
  KernelHandle process;
};

// This program once more, suspended before its first instruction.
OtherProcess::OtherProcess() {
  wchar_t path[MAX_PATH];
  GetModuleFileNameW(nullptr, path, MAX_PATH);
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION started{};
  if (!start_process([&] {
        return CreateProcessW(path, nullptr, nullptr, nullptr, FALSE, CREATE_SUSPENDED, nullptr,
                              nullptr, &startup, &started);
      })) {
    throw std::runtime_error("the other process did not start");
  }
  CloseHandle(started.hThread);
  handle_ = std::make_unique<Handle>(Handle{KernelHandle(started.hProcess)});
  FILETIME created, ended, kernel, user;
  GetProcessTimes(started.hProcess, &created, &ended, &kernel, &user);
  ULARGE_INTEGER units;
  units.LowPart = created.dwLowDateTime;
  units.HighPart = created.dwHighDateTime;
  stamp_ = {started.dwProcessId, std::to_string(units.QuadPart)};
}

OtherProcess::~OtherProcess() {
  forget();
}

void OtherProcess::end() {
  TerminateProcess(handle_->process.get(), 9);
  WaitForSingleObject(handle_->process.get(), INFINITE);
}

void OtherProcess::forget() {
  if (handle_) {
    end();
    handle_.reset();
  }
}

}  // namespace profile_broker::client
