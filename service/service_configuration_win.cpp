#include "service/service_configuration_win.h"

#include <windows.h>

#include <cstddef>

#include "service/handle_win.h"
#include "service/shutdown_watchdog_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

constexpr DWORD kResetSeconds = 24 * 60 * 60;

// One piece of the configuration, as the manager has it; empty when it does not tell.
std::vector<std::byte> current(SC_HANDLE service, DWORD level) {
  DWORD needed = 0;
  QueryServiceConfig2W(service, level, nullptr, 0, &needed);
  std::vector<std::byte> block(needed);
  if (needed == 0 || QueryServiceConfig2W(service, level, reinterpret_cast<BYTE*>(block.data()),
                                          needed, &needed) == FALSE) {
    block.clear();
  }
  return block;
}

template <typename Info>
const Info* as(const std::vector<std::byte>& block) {
  return block.size() < sizeof(Info) ? nullptr : reinterpret_cast<const Info*>(block.data());
}

std::string change(SC_HANDLE service, DWORD level, void* info, const char* what) {
  if (ChangeServiceConfig2W(service, level, info) != FALSE) {
    return std::string(what) + ": set";
  }
  // ERROR_INVALID_LEVEL: a service control manager that does not know this, as Wine's.
  return std::string(what) + ": not set: " + windows_error_text(GetLastError());
}

void set_failure_actions(SC_HANDLE service, std::vector<std::string>& lines) {
  const auto block = current(service, SERVICE_CONFIG_FAILURE_ACTIONS);
  const auto* have = as<SERVICE_FAILURE_ACTIONSW>(block);
  if (have != nullptr && have->cActions != 0) {
    return;
  }
  SC_ACTION restarts[] = {
      {SC_ACTION_RESTART, 1'000}, {SC_ACTION_RESTART, 5'000}, {SC_ACTION_RESTART, 60'000}};
  SERVICE_FAILURE_ACTIONSW actions{};
  actions.dwResetPeriod = kResetSeconds;
  actions.cActions = 3;
  actions.lpsaActions = restarts;
  lines.push_back(change(service, SERVICE_CONFIG_FAILURE_ACTIONS, &actions,
                         "failure actions (restart after 1 s, 5 s, 60 s)"));
  // Also when the program ends with an error of its own, not only when it crashes.
  SERVICE_FAILURE_ACTIONS_FLAG on_errors{TRUE};
  lines.push_back(change(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &on_errors,
                         "failure actions after an error exit"));
}

// A SID of its own in the service's token, so that administrators can grant it things by name.
void set_service_sid(SC_HANDLE service, std::vector<std::string>& lines) {
  const auto block = current(service, SERVICE_CONFIG_SERVICE_SID_INFO);
  const auto* have = as<SERVICE_SID_INFO>(block);
  if (have != nullptr && have->dwServiceSidType != SERVICE_SID_TYPE_NONE) {
    return;
  }
  SERVICE_SID_INFO sid{SERVICE_SID_TYPE_UNRESTRICTED};
  lines.push_back(change(service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "service SID"));
}

// Of LocalSystem's many privileges only the one that every process has; the manager strips the rest
// at the next start. Impersonating at Identification level needs none.
void set_required_privileges(SC_HANDLE service, std::vector<std::string>& lines) {
  const auto block = current(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO);
  const auto* have = as<SERVICE_REQUIRED_PRIVILEGES_INFOW>(block);
  if (have != nullptr && have->pmszRequiredPrivileges != nullptr) {
    return;
  }
  wchar_t names[] = SE_CHANGE_NOTIFY_NAME L"\0";  // a list: ends with two zeros
  SERVICE_REQUIRED_PRIVILEGES_INFOW privileges{names};
  lines.push_back(change(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &privileges,
                         "required privileges (SeChangeNotifyPrivilege)"));
}

void set_preshutdown_time(SC_HANDLE service, std::vector<std::string>& lines) {
  SERVICE_PRESHUTDOWN_INFO time{
      static_cast<DWORD>(std::chrono::milliseconds(kStopDeadline).count())};
  const auto block = current(service, SERVICE_CONFIG_PRESHUTDOWN_INFO);
  const auto* have = as<SERVICE_PRESHUTDOWN_INFO>(block);
  if (have != nullptr && have->dwPreshutdownTimeout == time.dwPreshutdownTimeout) {
    return;
  }
  lines.push_back(change(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &time, "preshutdown time"));
}

}  // namespace

std::vector<std::string> configure_service(const std::wstring& service_name) {
  const ServiceControlHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  // SERVICE_START: a failure action that restarts is refused to whoever may not start.
  const ServiceControlHandle service(
      manager ? OpenServiceW(manager.get(), service_name.c_str(),
                             SERVICE_QUERY_CONFIG | SERVICE_CHANGE_CONFIG | SERVICE_START)
              : nullptr);
  if (!service) {
    return {"the configuration of service " + utf8_text(service_name) +
            " cannot be changed: " + windows_error_text(GetLastError())};
  }
  std::vector<std::string> lines;
  set_failure_actions(service.get(), lines);
  set_service_sid(service.get(), lines);
  set_required_privileges(service.get(), lines);
  set_preshutdown_time(service.get(), lines);
  return lines;
}

}  // namespace profile_broker::service
