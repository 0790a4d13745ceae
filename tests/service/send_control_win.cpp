// Sends a control to a service, for tests: Wine's sc.exe has no "control" verb.
//
//   send_control SERVICE CODE    ends with 0, or with the Windows error
#include <windows.h>

#include <cstdlib>

#include "service/handle_win.h"

int main(int count, char** words) {
  using profile_broker::service::ServiceControlHandle;
  if (count != 3) {
    return ERROR_INVALID_PARAMETER;
  }
  const ServiceControlHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  const ServiceControlHandle service(manager ? OpenServiceA(manager.get(), words[1],
                                                            SERVICE_PAUSE_CONTINUE |
                                                                SERVICE_INTERROGATE |
                                                                SERVICE_USER_DEFINED_CONTROL)
                                             : nullptr);
  SERVICE_STATUS status{};
  const auto code = static_cast<DWORD>(std::strtoul(words[2], nullptr, 10));
  return service && ControlService(service.get(), code, &status) != FALSE
             ? 0
             : static_cast<int>(GetLastError());
}
