// What the service wants the service control manager to know about it, beyond what an installer can
// write: what to do after a failure, which privileges it needs, how long it may take at shutdown.
#pragma once

#include <string>
#include <vector>

namespace profile_broker::service {

// The name under which the installer creates the service.
inline constexpr wchar_t kServiceName[] = L"MapiProfileBroker";

// Brings the configuration of the service with that name up to what the program needs, and leaves
// alone what an administrator has chosen. Needs SERVICE_CHANGE_CONFIG. Returns one line for each
// thing that was done or was not possible, for the log; a failure is no reason not to start.
std::vector<std::string> configure_service(const std::wstring& service_name);

// For the installer, between the service's creation and its first start: all of configure_service,
// and what only an installation may decide. The path is quoted (else C:\Program.exe would be
// started in its place), the start is not delayed, the state folder is there and secured. Tolerates
// what the service control manager does not know, as Wine's; not that the service is missing or its
// path stays unquoted.
struct Installed {
  std::vector<std::string> lines;     // what was done
  std::vector<std::string> not_done;  // what was not possible, and why
  bool usable = false;
};
Installed configure_installed_service(const std::wstring& service_name);

}  // namespace profile_broker::service
