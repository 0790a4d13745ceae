// The installation as Windows has it, for doctor.h: registry, files, service control manager, the
// pipe's descriptor, MAPI. Needs no administrator; what a user may not read is said.
#include "client-lib/cli/doctor.h"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "client-lib/cli/account_name.h"
#include "client-lib/handle_win.h"
#include "client-lib/mapi/registry_win.h"
#include "client-lib/mapi/routing.h"
#include "client-lib/wide_text_win.h"
#include "proto/endpoint.h"

namespace profile_broker::client::cli {
namespace {

constexpr const wchar_t* kInstallation = L"SOFTWARE\\MAPI Profile Broker\\Installation";
constexpr const char* kEventSources =
    "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\";
constexpr const char* kStartIt =
    "Start the service: 'sc.exe start MapiProfileBroker' as administrator";
constexpr const char* kRepair =
    "Repair the installation: 'msiexec /i PACKAGE /qn REINSTALL=ALL REINSTALLMODE=amus'";

std::string utf8(std::wstring_view text) {
  return utf8_from_wide(text).value_or("?");
}

bool is_there(const std::wstring& file) {
  return GetFileAttributesW(file.c_str()) != INVALID_FILE_ATTRIBUTES;
}

std::wstring own_folder() {
  std::array<wchar_t, 32'768> path{};
  const std::wstring tool(
      path.data(), GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return tool.substr(0, tool.rfind(L'\\') + 1);
}

// With a backslash at its end. The tool's own folder when nothing is registered.
std::wstring installed_folder() {
  auto folder = mapi::read_expanded(mapi::View::x64, kInstallation, L"Folder").value_or(L"");
  if (folder.empty()) {
    return own_folder();
  }
  return folder.back() == L'\\' ? folder : folder + L'\\';
}

// "1.2.3" of a file's version resource; empty without one.
std::string version_of(const std::wstring& file) {
  const DWORD size = GetFileVersionInfoSizeW(file.c_str(), nullptr);
  std::vector<std::byte> block(size);
  void* fixed = nullptr;
  UINT length = 0;
  if (size == 0 || !GetFileVersionInfoW(file.c_str(), 0, size, block.data()) ||
      !VerQueryValueW(block.data(), L"\\", &fixed, &length) || length < sizeof(VS_FIXEDFILEINFO)) {
    return {};
  }
  const auto& version = *static_cast<const VS_FIXEDFILEINFO*>(fixed);
  return std::to_string(HIWORD(version.dwFileVersionMS)) + "." +
         std::to_string(LOWORD(version.dwFileVersionMS)) + "." +
         std::to_string(HIWORD(version.dwFileVersionLS));
}

Finding installation() {
  Finding finding{"installation", Verdict::ok, "", "", {}};
  const auto folder = mapi::read_expanded(mapi::View::x64, kInstallation, L"Folder");
  const auto version =
      utf8(mapi::read_expanded(mapi::View::x64, kInstallation, L"Version").value_or(L""));
  if (!folder) {
    finding.verdict = Verdict::warning;
    finding.found =
        "no package is installed; this tool looks at its own folder " + utf8(own_folder());
    finding.advice = "Install MapiProfileBroker-" PROFILE_BROKER_VERSION
                     "-x64.msi, unless the files were put there on purpose";
    return finding;
  }
  finding.found = "MAPI Profile Broker " + version + " is installed in " + utf8(*folder);
  if (!is_there(installed_folder() + L"mapi-profile-broker.exe")) {
    finding.verdict = Verdict::problem;
    finding.found += ", but mapi-profile-broker.exe is not there";
    finding.advice = kRepair;
  } else if (version != PROFILE_BROKER_VERSION) {
    finding.verdict = Verdict::warning;
    finding.found += "; this tool is version " PROFILE_BROKER_VERSION;
    finding.advice = "Use the tool of the installed folder";
  }
  return finding;
}

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

Finding service(const Endpoint& endpoint) {
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

Finding pipe(const Endpoint& endpoint) {
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

enum class Part { client_library, unchanged_programs };

struct Library {
  const wchar_t* file;
  WORD machine;
  Part part;
};

constexpr Library kLibraries[] = {
    {L"profile_broker.dll", IMAGE_FILE_MACHINE_AMD64, Part::client_library},
    {L"x86\\profile_broker.dll", IMAGE_FILE_MACHINE_I386, Part::client_library},
    {L"mapi_profile_broker.dll", IMAGE_FILE_MACHINE_AMD64, Part::unchanged_programs},
    {L"x86\\mapi_profile_broker.dll", IMAGE_FILE_MACHINE_I386, Part::unchanged_programs},
};

// Whether an installation has that part; none is expected where nothing is installed.
bool is_chosen(Part part) {
  return mapi::read_expanded(mapi::View::x64, kInstallation,
                             part == Part::client_library ? L"Folder" : L"UnchangedPrograms")
      .has_value();
}

// What processors a library is for, as its header says; 0 when that cannot be read.
WORD machine_of(const std::wstring& file) {
  std::ifstream stream{std::filesystem::path(file), std::ios::binary};
  IMAGE_DOS_HEADER dos{};
  DWORD signature = 0;
  IMAGE_FILE_HEADER header{};
  stream.read(reinterpret_cast<char*>(&dos), sizeof dos);
  stream.seekg(dos.e_lfanew);
  stream.read(reinterpret_cast<char*>(&signature), sizeof signature);
  stream.read(reinterpret_cast<char*>(&header), sizeof header);
  return stream && signature == IMAGE_NT_SIGNATURE ? header.Machine : WORD{0};
}

// Empty: nothing is wrong with it.
std::string fault_of(const std::wstring& path, WORD machine) {
  if (machine_of(path) != machine) {
    return "is of the wrong bitness, or damaged";
  }
  const auto version = version_of(path);
  return version == PROFILE_BROKER_VERSION ? ""
         : version.empty()                 ? "has no version"
                                           : "is version " + version;
}

Finding libraries() {
  Finding finding{"client libraries", Verdict::ok, "", "", {}};
  const auto folder = installed_folder();
  std::string good;
  std::string wrong;
  for (const auto& [file, machine, part] : kLibraries) {
    const bool there = is_there(folder + file);
    if (!there && !is_chosen(part)) {
      finding.notes.push_back(
          utf8(file) + (part == Part::client_library
                            ? " is not there"
                            : " is not installed (feature UnchangedPrograms): no program can be "
                              "routed to it"));
      continue;
    }
    const auto fault = there ? fault_of(folder + file, machine) : "is missing";
    auto& list = fault.empty() ? good : wrong;
    list += (list.empty() ? "" : ", ") + utf8(file) + (fault.empty() ? "" : " ") + fault;
  }
  if (wrong.empty()) {
    finding.found = good.empty() ? "there are none in " + utf8(folder)
                                 : good + ": there, and of version " PROFILE_BROKER_VERSION;
    return finding;
  }
  finding.verdict = Verdict::warning;
  finding.found =
      "in " + utf8(folder) + " " + wrong + "; this tool is version " PROFILE_BROKER_VERSION;
  finding.advice =
      std::string(kRepair) + ". If a file was in use during an upgrade, restart Windows";
  return finding;
}

// With what is wrong with an event source, in words that end a sentence.
std::optional<std::string> silence_of(const std::string& source) {
  const auto key = wide_from_utf8(kEventSources + source).value_or(L"");
  const auto file = mapi::read_expanded(mapi::View::x64, key, L"EventMessageFile");
  if (!file) {
    return "the event source " + source + " is not registered: its events have no text";
  }
  return is_there(*file)
             ? std::nullopt
             : std::optional("the message file " + utf8(*file) + " of the event source " + source +
                             " is missing: its events have no text");
}

Finding event_source() {
  if (const auto silence = silence_of("MapiProfileBroker")) {
    return {"event source", Verdict::warning, *silence, kRepair, {}};
  }
  return {"event source",
          Verdict::ok,
          "the event source MapiProfileBroker is registered, and its texts are there",
          "",
          {}};
}

Finding registered_mapi(const mapi::RoutingReport& report) {
  Finding finding{"mapi", Verdict::ok, "", "", {}};
  std::string usable;
  for (const auto* real : {&report.x64_mapi, &report.x86_mapi}) {
    const std::string bitness = real == &report.x64_mapi ? "64-bit" : "32-bit";
    if (!real->path.empty() && real->problem.empty()) {
      usable += (usable.empty() ? "" : "; ") + bitness + " programs: " + real->path + " (" +
                real->source + ")";
    } else if (!real->path.empty()) {
      finding.notes.push_back("no MAPI for " + bitness + " programs: " + real->path + " (" +
                              real->source + "): " + real->problem);
    } else {
      finding.notes.push_back("no MAPI for " + bitness + " programs: " + real->source);
    }
  }
  const auto client = report.default_client.empty()
                          ? std::string("no default mail client is registered")
                          : "the default mail client is '" + report.default_client + "'";
  if (usable.empty()) {
    finding.verdict = Verdict::warning;
    finding.found = client + ", and no MAPI can be used";
    finding.advice =
        "Install a mail client with MAPI. Until then no program can use a profile, and "
        "'sweep' and 'delete' only mark";
  } else {
    finding.found = client + "; " + usable;
  }
  return finding;
}

Finding routing(const mapi::RoutingReport& report) {
  Finding finding{"routed programs", Verdict::ok, "", "", {}};
  const bool is_routed = report.is_default || !report.programs.empty();
  std::string broken;
  for (const auto& program : report.programs) {
    const auto is_served = [](bool routed, const mapi::RealMapi& real) {
      return routed && !real.path.empty() && real.problem.empty();
    };
    if (!is_served(program.x64, program.x64_mapi) && !is_served(program.x86, program.x86_mapi)) {
      broken += (broken.empty() ? "" : ", ") + program.program;
    }
  }
  const auto count = std::to_string(report.programs.size());
  finding.found = report.is_default ? "every program without a MAPI of its own is routed, and " +
                                          count + " by name"
                  : report.programs.empty() ? "no program that nobody changes is protected"
                                            : "routed by name: " + count;
  if (!broken.empty()) {
    finding.verdict = Verdict::problem;
    finding.found += "; no MAPI to go on to have: " + broken;
    finding.advice =
        "'profile-broker mapi list' says why; 'profile-broker mapi disable' takes the "
        "routing back";
  }
  for (const auto& client : report.clients) {
    if (!client.is_there && is_routed) {
      finding.verdict = Verdict::problem;
      finding.found += "; there is no " + client.dll;
      finding.advice = kRepair;
    }
  }
  const auto silence = is_routed ? silence_of("MapiProfileBrokerClient") : std::nullopt;
  if (silence && finding.verdict == Verdict::ok) {
    finding.verdict = Verdict::warning;
    finding.found += "; " + *silence;
    finding.advice =
        "Route a program once more with 'profile-broker mapi enable'; if that does not help: " +
        std::string(kRepair);
  }
  if (!is_routed) {
    finding.notes.emplace_back(mapi::kRoutingLimitsInShort);
    return finding;
  }
  for (const auto* limit : mapi::kRoutingLimits) {
    finding.notes.emplace_back(limit);
  }
  return finding;
}

}  // namespace

std::vector<Finding> examine_machine(const Endpoint& endpoint) {
  const auto report = mapi::routing_report();
  return {installation(), service(endpoint),       pipe(endpoint), libraries(),
          event_source(), registered_mapi(report), routing(report)};
}

}  // namespace profile_broker::client::cli
