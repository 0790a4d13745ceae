// The service as the service control manager has it, and the descriptor of its pipe, for
// doctor_win.h.
#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include <array>
#include <memory>

#include "client-lib/cli/account_name.h"
#include "client-lib/cli/doctor_win.h"
#include "client-lib/handle_win.h"
#include "proto/endpoint.h"

namespace profile_broker::client::cli {
namespace {

constexpr const char* kStartIt =
    "Start the service: 'sc.exe start MapiProfileBroker' as administrator";

struct ServiceHandleCloser {
  void operator()(SC_HANDLE handle) const { CloseServiceHandle(handle); }
};
using ServiceHandle = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, ServiceHandleCloser>;

const char* word_of_state(DWORD state) {
  switch (state) {
    case SERVICE_RUNNING:
      return "running";
    case SERVICE_STOPPED:
      return "stopped";
    case SERVICE_START_PENDING:
      return "starting";
    case SERVICE_STOP_PENDING:
      return "stopping";
    default:
      return "paused";
  }
}

// What its configuration has that an installation does not give it.
std::string oddity_of(const QUERY_SERVICE_CONFIGW& configuration) {
  const std::wstring account =
      configuration.lpServiceStartName ? configuration.lpServiceStartName : L"";
  const std::wstring path = configuration.lpBinaryPathName ? configuration.lpBinaryPathName : L"";
  if (lstrcmpiW(account.c_str(), L"LocalSystem") != 0) {
    return "runs as " + utf8(account) + " instead of LocalSystem, so that no client trusts it";
  }
  if (configuration.dwStartType != SERVICE_AUTO_START) {
    return "does not start with Windows";
  }
  if (path.find(L' ') != std::wstring::npos && path.front() != L'"') {
    return "has a path with spaces and without quotes: " + utf8(path);
  }
  return {};
}

// Rights to a pipe that only the service may have: to become a second server of its name
// (FILE_CREATE_PIPE_INSTANCE), or to change who may do what.
constexpr DWORD kServersRights = 0x4 | WRITE_DAC | WRITE_OWNER | GENERIC_ALL | GENERIC_WRITE;

// Accounts other than LocalSystem and Administrators that have them.
std::vector<std::string> intruders(PACL list) {
  std::vector<std::string> found;
  for (DWORD i = 0; list && i < list->AceCount; ++i) {
    void* entry = nullptr;
    if (!GetAce(list, i, &entry) ||
        static_cast<ACE_HEADER*>(entry)->AceType != ACCESS_ALLOWED_ACE_TYPE) {
      continue;
    }
    auto& allowed = *static_cast<ACCESS_ALLOWED_ACE*>(entry);
    PSID sid = &allowed.SidStart;
    if ((allowed.Mask & kServersRights) == 0 || IsWellKnownSid(sid, WinLocalSystemSid) ||
        IsWellKnownSid(sid, WinBuiltinAdministratorsSid)) {
      continue;
    }
    wchar_t* text = nullptr;
    if (ConvertSidToStringSidW(sid, &text)) {
      found.push_back(account_name(utf8(text)));
      LocalFree(text);
    }
  }
  return found;
}

}  // namespace

Finding examine_service(const Endpoint& endpoint) {
  Finding finding{"service", Verdict::problem, "", "", {}};
  if (endpoint.address != kPipeName) {
    finding.verdict = Verdict::ok;
    finding.found = "not looked at, since another endpoint than the service's is asked";
    return finding;
  }
  const ServiceHandle services(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  const ServiceHandle opened(services ? OpenServiceW(services.get(), L"MapiProfileBroker",
                                                     SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG)
                                      : nullptr);
  if (!opened) {
    const DWORD error = GetLastError();
    const bool absent = error == ERROR_SERVICE_DOES_NOT_EXIST;
    finding.verdict = absent ? Verdict::problem : Verdict::warning;
    finding.found =
        absent ? "the service MapiProfileBroker is not installed"
               : "the service's state cannot be read: Win32 error " + std::to_string(error);
    finding.advice = absent ? "Install the product" : "Run the command as administrator";
    return finding;
  }
  SERVICE_STATUS status{};
  alignas(QUERY_SERVICE_CONFIGW) std::array<BYTE, 8'192> buffer;
  DWORD needed = 0;
  auto* configuration = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer.data());
  if (!QueryServiceStatus(opened.get(), &status) ||
      !QueryServiceConfigW(opened.get(), configuration, static_cast<DWORD>(buffer.size()),
                           &needed)) {
    finding.verdict = Verdict::warning;
    finding.found =
        "the service's state cannot be read: Win32 error " + std::to_string(GetLastError());
    finding.advice = "Run the command as administrator";
    return finding;
  }
  finding.found =
      std::string("the service MapiProfileBroker is ") + word_of_state(status.dwCurrentState);
  const auto odd = oddity_of(*configuration);
  if (status.dwCurrentState != SERVICE_RUNNING) {
    finding.advice =
        "Start it: 'sc.exe start MapiProfileBroker' as administrator. If it stops "
        "again, event 105 in the Application log says why";
    if (status.dwWin32ExitCode != NO_ERROR &&
        status.dwWin32ExitCode != ERROR_SERVICE_NEVER_STARTED) {
      finding.found += "; it ended with " +
                       std::to_string(status.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR
                                          ? status.dwServiceSpecificExitCode
                                          : status.dwWin32ExitCode) +
                       " (docs/service.md)";
    }
  } else {
    finding.verdict = odd.empty() ? Verdict::ok : Verdict::warning;
  }
  if (!odd.empty()) {
    finding.found += "; it " + odd;
    finding.advice += (finding.advice.empty() ? "" : ". ") + std::string(kRepair);
  }
  return finding;
}

Finding examine_pipe(const Endpoint& endpoint) {
  Finding finding{"endpoint", Verdict::problem, "", "", {}};
  const auto name = wide_from_utf8(endpoint.address).value_or(L"");
  FileHandle handle(CreateFileW(
      name.c_str(), READ_CONTROL | SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_READ_DATA, 0, nullptr,
      OPEN_EXISTING, SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  if (!handle) {
    const DWORD error = GetLastError();
    finding.verdict = error == ERROR_PIPE_BUSY ? Verdict::warning : Verdict::problem;
    finding.found = error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND
                        ? "nobody listens at " + endpoint.address
                        : "the pipe " + endpoint.address + " cannot be opened: Win32 error " +
                              std::to_string(error);
    finding.advice = error == ERROR_PIPE_BUSY ? "Try again" : kStartIt;
    return finding;
  }
  PSID owner = nullptr;
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD status = GetSecurityInfo(handle.get(), SE_KERNEL_OBJECT,
                                       OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                       &owner, nullptr, &list, nullptr, &descriptor);
  if (status != ERROR_SUCCESS) {
    finding.found =
        "the descriptor of the pipe cannot be read: Win32 error " + std::to_string(status);
    finding.advice = "No client trusts a pipe whose owner it cannot read. Restart the service";
    return finding;
  }
  const std::unique_ptr<void, decltype(&LocalFree)> freed(descriptor, LocalFree);
  wchar_t* text = nullptr;
  std::string owner_text = "nobody";
  if (owner && ConvertSidToStringSidW(owner, &text)) {
    owner_text = utf8(text);
    LocalFree(text);
  }
  const auto others = intruders(list);
  if (!owner || !IsWellKnownSid(owner, WinLocalSystemSid)) {
    finding.found = "the pipe belongs to " + account_name(owner_text) +
                    ", not to LocalSystem: it is not the service's, and no client talks to it";
    finding.advice = "Find the process that made it and end it, then start the service";
  } else if (!list) {
    finding.found = "the pipe has no access list: everybody may do everything with it";
    finding.advice = "Restart the service; if it stays so, another program changes the pipe";
  } else if (!others.empty()) {
    finding.found = others.front() +
                    " may take the service's place at the pipe or change its "
                    "access list";
    finding.advice = "Restart the service; if it stays so, another program changes the pipe";
  } else {
    finding.verdict = Verdict::ok;
    finding.found = "the pipe belongs to LocalSystem, and only LocalSystem may serve it";
  }
  return finding;
}

}  // namespace profile_broker::client::cli
