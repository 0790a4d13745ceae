#include "service/pipe_name_win.h"

#include <aclapi.h>
#include <windows.h>

#include "service/handle_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {

bool pipe_name_is_taken(const std::wstring& name) {
  // Waits for a free instance, at most 1 ms (0 would mean the pipe's own default time). Both "there
  // is one" and "there is none free" say that the name exists; a name that does not exist fails at
  // once with another error.
  return WaitNamedPipeW(name.c_str(), 1) != FALSE || GetLastError() == ERROR_SEM_TIMEOUT;
}

std::string pipe_owner(const std::wstring& name) {
  // The service is never a client of a pipe that others made: whoever serves it could act as
  // LocalSystem. This is the one exception, made on the way out of a start that failed, and with
  // the sting drawn: SECURITY_ANONYMOUS gives the other end no identity to take on, and
  // READ_CONTROL alone lets nothing be read or written.
  const auto pipe =
      own_file_handle(CreateFileW(name.c_str(), READ_CONTROL, 0, nullptr, OPEN_EXISTING,
                                  SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, nullptr));
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (!pipe || GetSecurityInfo(pipe.get(), SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
                               nullptr, nullptr, nullptr, &descriptor) != ERROR_SUCCESS) {
    return {};
  }
  const LocalMemory memory(descriptor);
  return owner == nullptr ? std::string() : sid_text(owner);
}

}  // namespace profile_broker::service
