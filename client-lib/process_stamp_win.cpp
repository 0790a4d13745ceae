// Processes of any session behind process_stamp.h.
#include "client-lib/process_stamp.h"

#include <windows.h>

#include <optional>

#include "client-lib/handle_win.h"

namespace profile_broker::client {
namespace {

std::optional<std::string> creation_of(HANDLE process) {
  FILETIME created, ended, kernel, user;
  if (!GetProcessTimes(process, &created, &ended, &kernel, &user)) {
    return std::nullopt;
  }
  return std::to_string(std::uint64_t{created.dwHighDateTime} << 32 | created.dwLowDateTime);
}

}  // namespace

ProcessStamp stamp_of_this_process() {
  return {GetCurrentProcessId(), creation_of(GetCurrentProcess()).value_or("unknown")};
}

bool may_be_alive(const ProcessStamp& process) {
  // Where waiting is not allowed, the exit code must do.
  const KernelHandle waitable(
      OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process.pid));
  const KernelHandle handle(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process.pid));
  if (!handle) {
    // What a pid that nobody has is answered with; anything else is somebody's.
    return GetLastError() != ERROR_INVALID_PARAMETER;
  }
  const auto created = creation_of(handle.get());
  // A process that has ended can still be opened while somebody, as the service, has it open. One
  // that is being ended has its exit code before its last thread is out of the system call that
  // deletes a profile.
  DWORD code = STILL_ACTIVE;
  const bool has_ended = waitable ? WaitForSingleObject(waitable.get(), 0) == WAIT_OBJECT_0
                                  : GetExitCodeProcess(handle.get(), &code) && code != STILL_ACTIVE;
  return (!created || *created == process.created) && !has_ended;
}

}  // namespace profile_broker::client
