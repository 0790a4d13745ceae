#include "service/service_configuration_win.h"

#include <windows.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "service/handle_win.h"
#include "service/options.h"
#include "service/shutdown_watchdog_win.h"
#include "service/state_folder_win.h"
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

struct Lines {
  std::vector<std::string> done;
  std::vector<std::string> not_done;

  void add(const char* what, bool success) {
    if (success) {
      done.push_back(std::string(what) + ": set");
    } else {
      not_done.push_back(std::string(what) + ": not set: " + windows_error_text(GetLastError()));
    }
  }
};

// ERROR_INVALID_LEVEL comes from a service control manager that does not know this, as Wine's.
void set_info(SC_HANDLE service, DWORD level, void* info, const char* what, Lines& lines) {
  lines.add(what, ChangeServiceConfig2W(service, level, info) != FALSE);
}

void set_failure_actions(SC_HANDLE service, Lines& lines) {
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
  set_info(service, SERVICE_CONFIG_FAILURE_ACTIONS, &actions,
           "failure actions (restart after 1 s, 5 s, 60 s)", lines);
  // Also when the program ends with an error of its own, not only when it crashes.
  SERVICE_FAILURE_ACTIONS_FLAG on_errors{TRUE};
  set_info(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &on_errors,
           "failure actions after an error exit", lines);
}

// A SID of its own in the service's token, so that administrators can grant it things by name.
void set_service_sid(SC_HANDLE service, Lines& lines) {
  const auto block = current(service, SERVICE_CONFIG_SERVICE_SID_INFO);
  const auto* have = as<SERVICE_SID_INFO>(block);
  if (have != nullptr && have->dwServiceSidType != SERVICE_SID_TYPE_NONE) {
    return;
  }
  SERVICE_SID_INFO sid{SERVICE_SID_TYPE_UNRESTRICTED};
  set_info(service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "service SID", lines);
}

// Of LocalSystem's many privileges only the one that every process has; the manager strips the rest
// at the next start. Impersonating at Identification level needs none.
void set_required_privileges(SC_HANDLE service, Lines& lines) {
  const auto block = current(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO);
  const auto* have = as<SERVICE_REQUIRED_PRIVILEGES_INFOW>(block);
  if (have != nullptr && have->pmszRequiredPrivileges != nullptr) {
    return;
  }
  wchar_t names[] = SE_CHANGE_NOTIFY_NAME L"\0";  // a list: ends with two zeros
  SERVICE_REQUIRED_PRIVILEGES_INFOW privileges{names};
  set_info(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &privileges,
           "required privileges (SeChangeNotifyPrivilege)", lines);
}

void set_preshutdown_time(SC_HANDLE service, Lines& lines) {
  SERVICE_PRESHUTDOWN_INFO time{
      static_cast<DWORD>(std::chrono::milliseconds(kStopDeadline).count())};
  const auto block = current(service, SERVICE_CONFIG_PRESHUTDOWN_INFO);
  const auto* have = as<SERVICE_PRESHUTDOWN_INFO>(block);
  if (have != nullptr && have->dwPreshutdownTimeout == time.dwPreshutdownTimeout) {
    return;
  }
  set_info(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &time, "preshutdown time", lines);
}

void set_start_not_delayed(SC_HANDLE service, Lines& lines) {
  SERVICE_DELAYED_AUTO_START_INFO delayed{FALSE};
  set_info(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed, "start without delay", lines);
}

void configure(SC_HANDLE service, Lines& lines) {
  set_failure_actions(service, lines);
  set_service_sid(service, lines);
  set_required_privileges(service, lines);
  set_preshutdown_time(service, lines);
}

std::wstring program_path() {
  std::wstring path(32'768, L'\0');
  path.resize(GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

// What stands behind the program's own path in an unquoted command line of it; nothing when the
// line is quoted, or another program's.
std::optional<std::wstring> behind_unquoted(const std::wstring& line, const std::wstring& program) {
  const auto size = static_cast<int>(program.size());
  if (line.size() < program.size() ||
      CompareStringOrdinal(line.data(), size, program.data(), size, TRUE) != CSTR_EQUAL) {
    return std::nullopt;
  }
  return line.substr(program.size());
}

// False when the path is unquoted and stays so.
bool quote_path(SC_HANDLE service, Lines& lines) {
  DWORD needed = 0;
  QueryServiceConfigW(service, nullptr, 0, &needed);
  std::vector<std::byte> block(needed);
  auto* have = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(block.data());
  bool quoted = needed != 0 && QueryServiceConfigW(service, have, needed, &needed) != FALSE;
  if (quoted) {
    const auto program = program_path();
    const auto arguments = behind_unquoted(have->lpBinaryPathName, program);
    if (!arguments) {
      return true;
    }
    const auto line = L'"' + program + L'"' + *arguments;
    quoted = ChangeServiceConfigW(service, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE,
                                  line.c_str(), nullptr, nullptr, nullptr, nullptr, nullptr,
                                  nullptr) != FALSE;
  }
  lines.add("path in quotes", quoted);
  return quoted;
}

ServiceControlHandle open_service(const std::wstring& name) {
  const ServiceControlHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  // SERVICE_START: a failure action that restarts is refused to whoever may not start.
  return ServiceControlHandle(
      manager ? OpenServiceW(manager.get(), name.c_str(),
                             SERVICE_QUERY_CONFIG | SERVICE_CHANGE_CONFIG | SERVICE_START)
              : nullptr);
}

std::string not_open(const std::wstring& name) {
  return "the configuration of service " + utf8_text(name) +
         " cannot be changed: " + windows_error_text(GetLastError());
}

}  // namespace

std::vector<std::string> configure_service(const std::wstring& service_name) {
  const auto service = open_service(service_name);
  if (!service) {
    return {not_open(service_name)};
  }
  Lines lines;
  configure(service.get(), lines);
  lines.done.insert(lines.done.end(), lines.not_done.begin(), lines.not_done.end());
  return lines.done;
}

Installed configure_installed_service(const std::wstring& service_name) {
  const auto service = open_service(service_name);
  if (!service) {
    return {{}, {not_open(service_name)}, false};
  }
  Lines lines;
  configure(service.get(), lines);
  set_start_not_delayed(service.get(), lines);
  const auto folder = open_state_folder(default_state_folder());
  if (const auto* failure = std::get_if<StartFailure>(&folder)) {
    lines.not_done.push_back(failure->text);
  } else {
    lines.done.push_back("state folder: secured");
  }
  const bool quoted = quote_path(service.get(), lines);
  return {std::move(lines.done), std::move(lines.not_done), quoted};
}

}  // namespace profile_broker::service
