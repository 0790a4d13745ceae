#include "service/service_control_win.h"

#include <windows.h>
#include <wtsapi32.h>

#include <chrono>
#include <exception>
#include <mutex>

#include "service/service_configuration_win.h"
#include "service/shutdown_watchdog_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

// Reading a journal of a million references takes a while; the manager gives up after this.
constexpr DWORD kStartHintMs = 120'000;
constexpr DWORD kStopHintMs = static_cast<DWORD>(std::chrono::milliseconds(kStopDeadline).count());
constexpr DWORD kAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN |
                            SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE |
                            SERVICE_ACCEPT_SESSIONCHANGE;

class ServiceControl {
 public:
  explicit ServiceControl(ServiceProgram& program) : program_(program) {}

  // None: the manager never asked the service to live.
  std::optional<ExitCode> exit_code() const {
    return asked_ ? std::optional(exit_code_) : std::nullopt;
  }

  // On a thread of the manager's library, for the service's whole life.
  void live(DWORD argument_count, wchar_t** arguments) {
    asked_ = true;
    const std::wstring name = argument_count == 0 ? kServiceName : arguments[0];
    handle_ = RegisterServiceCtrlHandlerExW(name.c_str(), &ServiceControl::on_control, this);
    if (handle_ == nullptr) {
      exit_code_ = ExitCode::unexpected;
      return;
    }
    report(SERVICE_START_PENDING, kStartHintMs);
    std::vector<std::string> further;
    for (DWORD i = 1; i < argument_count; ++i) {
      further.push_back(utf8_text(arguments[i]));
    }
    if (const auto failure = program_.start(name, std::move(further))) {
      exit_code_ = failure->code;
    } else {
      report(SERVICE_RUNNING, 0);
      exit_code_ = program_.run();
    }
    // The last word: the process may end in the middle of what would follow.
    report(SERVICE_STOPPED, 0);
  }

 private:
  void report(DWORD state, DWORD wait_hint) {
    const std::lock_guard guard(reporting_);
    if (status_.dwCurrentState == SERVICE_STOP_PENDING && state == SERVICE_RUNNING) {
      return;
    }
    status_.dwCurrentState = state;
    status_.dwControlsAccepted = state == SERVICE_RUNNING ? kAccepted : 0;
    status_.dwWaitHint = wait_hint;
    status_.dwCheckPoint = wait_hint == 0 ? 0 : status_.dwCheckPoint + 1;
    if (state == SERVICE_STOPPED && exit_code_ != ExitCode::success) {
      status_.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
      status_.dwServiceSpecificExitCode = static_cast<DWORD>(exit_code_);
    }
    SetServiceStatus(handle_, &status_);
  }

  DWORD control(DWORD what, DWORD event, void* data) {
    switch (what) {
      case SERVICE_CONTROL_STOP:
      case SERVICE_CONTROL_SHUTDOWN:
      case SERVICE_CONTROL_PRESHUTDOWN:
        report(SERVICE_STOP_PENDING, kStopHintMs);
        program_.stop();
        return NO_ERROR;
      case SERVICE_CONTROL_PARAMCHANGE:
        program_.read_settings_again();
        return NO_ERROR;
      case SERVICE_CONTROL_SESSIONCHANGE:
        session_changed(event, static_cast<const WTSSESSION_NOTIFICATION*>(data)->dwSessionId);
        return NO_ERROR;
      case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
      default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
  }

  // Connecting, locking and the like change nothing about a user's programs and registry hive.
  void session_changed(DWORD event, std::uint32_t session) {
    if (event == WTS_SESSION_LOGON) {
      program_.logged_on(session);
    } else if (event == WTS_SESSION_LOGOFF) {
      program_.logged_off(session);
    }
  }

  // Called by Windows, which has no use for exceptions.
  static DWORD WINAPI on_control(DWORD what, DWORD event, void* data, void* context) noexcept {
    try {
      return static_cast<ServiceControl*>(context)->control(what, event, data);
    } catch (const std::exception&) {
      return ERROR_NOT_ENOUGH_MEMORY;
    }
  }

  ServiceProgram& program_;
  SERVICE_STATUS_HANDLE handle_ = nullptr;
  std::mutex reporting_;
  SERVICE_STATUS status_{SERVICE_WIN32_OWN_PROCESS, SERVICE_START_PENDING, 0, 0, 0, 0, 0};
  bool asked_ = false;
  ExitCode exit_code_ = ExitCode::success;
};

// ServiceMain has no context parameter. Borrowed from run_under_service_control.
ServiceControl* the_service = nullptr;

void WINAPI service_main(DWORD argument_count, wchar_t** arguments) {
  the_service->live(argument_count, arguments);
}

}  // namespace

std::optional<ExitCode> run_under_service_control(ServiceProgram& program) {
  // Not on the stack: the service's thread may still be leaving live() when this function returns.
  static ServiceControl control(program);
  the_service = &control;
  // Of a service with a process of its own the name in the table is not looked at.
  wchar_t name[] = L"";
  const SERVICE_TABLE_ENTRYW table[] = {{name, &service_main}, {nullptr, nullptr}};
  // It fails in a process that the manager did not start (and does nothing there under Wine).
  StartServiceCtrlDispatcherW(table);
  return control.exit_code();
}

}  // namespace profile_broker::service
