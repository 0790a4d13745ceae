#include "service/console_run_win.h"

#include <windows.h>

#include "service/handle_win.h"

namespace profile_broker::service {
namespace {

// Windows ends the process when the handler of a closed window, a logoff or a shutdown returns, or
// after about this long.
constexpr DWORD kLastMomentsMs = 5'000;

struct ConsoleRun {
  ServiceProgram& program;
  KernelHandle ended;  // an event, set when run() has returned
};

// A console handler has no context parameter. Borrowed from run_in_console.
ConsoleRun* the_run = nullptr;

BOOL WINAPI on_console_control(DWORD control) {
  the_run->program.stop();
  if (control != CTRL_C_EVENT && control != CTRL_BREAK_EVENT) {
    WaitForSingleObject(the_run->ended.get(), kLastMomentsMs);
  }
  return TRUE;
}

// An administrator may make LocalSystem the owner of the pipe and the state folder only with this
// privilege, which is there in an elevated prompt, but off.
bool enable_setting_owners() {
  HANDLE opened = nullptr;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &opened) == FALSE) {
    return false;
  }
  const KernelHandle token(opened);
  TOKEN_PRIVILEGES privileges{1, {{{}, SE_PRIVILEGE_ENABLED}}};
  // AdjustTokenPrivileges succeeds also when it adjusted nothing, and says so in the last error.
  return LookupPrivilegeValueW(nullptr, SE_RESTORE_NAME, &privileges.Privileges[0].Luid) != FALSE &&
         AdjustTokenPrivileges(opened, FALSE, &privileges, 0, nullptr, nullptr) != FALSE &&
         GetLastError() == ERROR_SUCCESS;
}

}  // namespace

ExitCode run_in_console(ServiceProgram& program, Log& log) {
  if (!enable_setting_owners()) {
    log.report(log_event<LogEventId::no_owner_right>());
  }
  if (const auto failure = program.start({}, {})) {
    return failure->code;
  }
  ConsoleRun run{program, KernelHandle(CreateEventW(nullptr, TRUE, FALSE, nullptr))};
  the_run = &run;
  SetConsoleCtrlHandler(&on_console_control, TRUE);
  const auto code = program.run();
  SetEvent(run.ended.get());
  SetConsoleCtrlHandler(&on_console_control, FALSE);
  return code;
}

}  // namespace profile_broker::service
