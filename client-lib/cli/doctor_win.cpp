// The installation as Windows has it, for doctor.h: registry, files, event source; service, pipe
// and MAPI have files of their own. Needs no administrator; what a user may not read is said.
#include <windows.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "client-lib/cli/doctor_win.h"
#include "client-lib/mapi/registry_win.h"

namespace profile_broker::client::cli {
namespace {

constexpr const wchar_t* kInstallation = L"SOFTWARE\\MAPI Profile Broker\\Installation";
constexpr const char* kEventSources =
    "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\";

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

}  // namespace

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

std::vector<Finding> examine_machine(const Endpoint& endpoint) {
  const auto report = mapi::routing_report();
  return {installation(), examine_service(endpoint), examine_pipe(endpoint), libraries(),
          event_source(), examine_mapi(report),      examine_routing(report)};
}

}  // namespace profile_broker::client::cli
