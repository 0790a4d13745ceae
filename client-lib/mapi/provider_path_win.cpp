// The search behind provider_path_win.h.
#include "client-lib/mapi/provider_path_win.h"

#include <algorithm>
#include <array>
#include <cwctype>

#include "client-lib/handle_win.h"
#include "client-lib/mapi/routing_names_win.h"
#include "client-lib/remover_win.h"

namespace profile_broker::client::mapi {
namespace {

std::wstring system_folder(View view) {
  std::array<wchar_t, MAX_PATH> path{};
  const auto size = static_cast<UINT>(path.size());
  // A 64-bit tool that asks for a 32-bit program; nothing there on 32-bit Windows.
  const bool other = view == View::x86 && sizeof(void*) == 8;
  const UINT length =
      other ? GetSystemWow64DirectoryW(path.data(), size) : GetSystemDirectoryW(path.data(), size);
  return length < size ? std::wstring(path.data(), length) : std::wstring();
}

bool is_x86(View view) {
  return view == View::x86 || (view == View::own && sizeof(void*) == 4);
}

WORD machine_of(View view) {
  return is_x86(view) ? IMAGE_FILE_MACHINE_I386 : IMAGE_FILE_MACHINE_AMD64;
}

const wchar_t* bitness(WORD machine) {
  return machine == IMAGE_FILE_MACHINE_I386    ? L"32-bit"
         : machine == IMAGE_FILE_MACHINE_AMD64 ? L"64-bit (x64)"
                                               : L"built for another processor";
}

bool read_at(const FileHandle& file, LONG offset, void* data, DWORD size) {
  DWORD read = 0;
  return SetFilePointer(file.get(), offset, nullptr, FILE_BEGIN) != INVALID_SET_FILE_POINTER &&
         ReadFile(file.get(), data, size, &read, nullptr) && read == size;
}

// 0 when it is no program file.
WORD machine_of_file(const FileHandle& file) {
  IMAGE_DOS_HEADER dos{};
  struct {
    DWORD signature;
    IMAGE_FILE_HEADER header;
  } nt{};
  const bool valid = read_at(file, 0, &dos, sizeof dos) && dos.e_magic == IMAGE_DOS_SIGNATURE &&
                     read_at(file, dos.e_lfanew, &nt, sizeof nt) &&
                     nt.signature == IMAGE_NT_SIGNATURE;
  return valid ? nt.header.Machine : WORD{0};
}

FileHandle open_file(const std::wstring& path) {
  return FileHandle(CreateFileW(path.c_str(), GENERIC_READ,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                OPEN_EXISTING, 0, nullptr));
}

std::wstring file_name(const std::wstring& path) {
  return path.substr(path.find_last_of(L"\\/") + 1);
}

// A client may name a DLL without its folder; Windows looks for it as for any DLL.
std::wstring full_path(const std::wstring& path, View view) {
  if (path.find_first_of(L"\\/") != std::wstring::npos) {
    return path;
  }
  std::array<wchar_t, MAX_PATH> found{};
  const DWORD length =
      SearchPathW(view == View::own ? nullptr : system_folder(view).c_str(), path.c_str(), L".dll",
                  static_cast<DWORD>(found.size()), found.data(), nullptr);
  return length > 0 && length < found.size() ? std::wstring(found.data(), length) : path;
}

// The values that say in which language a program runs, as text; what the component is qualified
// with. The first string of the list is a key below HKCU\Software, the others are values of it.
std::vector<std::wstring> locales(View view, const std::wstring& client, const wchar_t* list_name) {
  std::vector<std::wstring> found;
  const auto list = read_list(view, client, list_name);
  for (std::size_t i = 1; i < list.size(); ++i) {
    DWORD number = 0;
    DWORD size = sizeof number;
    const auto key = L"Software\\" + list[0];
    if (RegGetValueW(HKEY_CURRENT_USER, key.c_str(), list[i].c_str(), RRF_RT_REG_DWORD, nullptr,
                     &number, &size) == ERROR_SUCCESS) {
      found.push_back(std::to_wstring(number));
      continue;
    }
    std::array<wchar_t, 64> text{};
    size = sizeof text;
    if (RegGetValueW(HKEY_CURRENT_USER, key.c_str(), list[i].c_str(), RRF_RT_REG_SZ, nullptr,
                     text.data(), &size) == ERROR_SUCCESS) {
      found.emplace_back(text.data());
    }
  }
  return found;
}

using ComponentPath = BOOL(WINAPI*)(LPCSTR component, LPSTR qualifier, LPSTR path, DWORD size,
                                    BOOL install);

// Asks the system's own mapi32.dll, which asks the installer.
std::wstring component_path(View view, const std::wstring& client) {
  const auto component = read_expanded(view, client, L"MSIComponentID");
  const auto ansi_component = component ? ansi_from_wide(*component) : std::nullopt;
  if (!ansi_component) {
    return {};
  }
  const HMODULE stub = LoadLibraryExW((system_folder(View::own) + L"\\mapi32.dll").c_str(), nullptr,
                                      LOAD_WITH_ALTERED_SEARCH_PATH);
  if (!stub) {
    return {};
  }
  const auto ask = reinterpret_cast<ComponentPath>(
      reinterpret_cast<void*>(GetProcAddress(stub, "FGetComponentPath")));
  std::array<char, MAX_PATH> path{};
  const auto found = [&](const std::wstring* qualifier) {
    auto text = qualifier ? ansi_from_wide(*qualifier) : std::nullopt;
    path[0] = '\0';
    return ask(ansi_component->c_str(), text ? text->data() : nullptr, path.data(),
               static_cast<DWORD>(path.size()), FALSE) &&
           path[0] != '\0';
  };
  bool done = false;
  for (const wchar_t* list : {L"MSIApplicationLCID", L"MSIOfficeLCID"}) {
    for (const auto& locale : ask ? locales(view, client, list) : std::vector<std::wstring>()) {
      done = done || found(&locale);
    }
  }
  done = done || (ask && found(nullptr));
  FreeLibrary(stub);
  if (!done) {
    return {};
  }
  std::array<wchar_t, MAX_PATH> wide{};
  MultiByteToWideChar(CP_ACP, 0, path.data(), -1, wide.data(), static_cast<int>(wide.size()));
  return wide.data();
}

ProviderPath of_client(const std::wstring& client, Kind kind, View view) {
  const auto key = std::wstring(kMailClients) + L"\\" + client;
  const auto of = L" of the mail client '" + client + L"'";
  if (const auto path = component_path(view, key); !path.empty()) {
    return {path, L"the MSIComponentID" + of, {}};
  }
  // Simple MAPI of a client that has extended MAPI only is served by that.
  for (const wchar_t* name : {L"DLLPath", L"DLLPathEx"}) {
    if (kind == Kind::extended && same_name(name, L"DLLPath")) {
      continue;
    }
    if (auto path = read_expanded(view, key, name)) {
      return {full_path(*path, view), std::wstring(name) + of, {}};
    }
  }
  return {{}, L"the mail client '" + client + L"' names no MAPI", {}};
}

// The client that the process would have, ours passed over; nothing when the system's MAPI is
// asked for or no client is there.
struct Choice {
  bool found = false;
  std::wstring client;
};

Choice chosen_client(View view, const InProcess& in_process) {
  for (const auto& app : read_texts(view, kMapiApps)) {
    if (!in_process(app.name)) {
      continue;
    }
    if (!is_own_client(app.value.text)) {
      return {true, app.value.text};
    }
    const auto before = read_text(view, kRememberedPrograms, app.name);
    if (before && before->type != REG_NONE) {
      return {true, before->text};
    }
  }
  auto client = read_text(view, kMailClients, L"");
  if (client && is_own_client(client->text)) {
    client = read_text(view, kOwnSettings, kDefaultClient);
  }
  return client && client->type != REG_NONE ? Choice{true, client->text} : Choice{};
}

ProviderPath system_mapi(View view) {
  const auto path = system_folder(view) + L"\\mapi32x.dll";
  if (GetFileAttributesW(path.c_str()) == INVALID_FILE_ATTRIBUTES) {
    return {};
  }
  return {path, L"the system's own MAPI", {}};
}

const wchar_t* policy_name(View view) {
  return is_x86(view) ? kProviderPathX86 : kProviderPath;
}

ProviderPath named_provider(Kind kind, View view, const InProcess& in_process) {
  if (auto path = provider_by_policy(view)) {
    return {full_path(*path, view),
            L"Group Policy's " + std::wstring(policy_name(view)) + L" in HKEY_LOCAL_MACHINE\\" +
                kPolicies,
            {}};
  }
  if (auto path = read_expanded(view, kOwnSettings, kProviderPath)) {
    return {full_path(*path, view),
            L"ProviderPath in HKEY_LOCAL_MACHINE\\" + std::wstring(kOwnSettings),
            {}};
  }
  const auto choice = chosen_client(view, in_process);
  auto of_chosen = choice.client.empty() ? ProviderPath{} : of_client(choice.client, kind, view);
  if (!of_chosen.path.empty()) {
    return of_chosen;
  }
  auto fallback = system_mapi(view);
  if (fallback.path.empty()) {
    fallback.source = of_chosen.source.empty() ? L"no mail client is registered" : of_chosen.source;
  }
  return fallback;
}

}  // namespace

bool same_name(const std::wstring& a, const std::wstring& b) {
  return CompareStringOrdinal(a.c_str(), static_cast<int>(a.size()), b.c_str(),
                              static_cast<int>(b.size()), TRUE) == CSTR_EQUAL;
}

bool is_own_client(const std::wstring& client) {
  return same_name(client, kClientX64) || same_name(client, kClientX86);
}

// Policies are one key for both bitnesses.
std::optional<std::wstring> provider_by_policy(View view) {
  return read_expanded(View::x64, kPolicies, policy_name(view));
}

bool same_file(const std::wstring& a, const std::wstring& b) {
  const auto first = open_file(a);
  const auto second = open_file(b);
  BY_HANDLE_FILE_INFORMATION one{};
  BY_HANDLE_FILE_INFORMATION other{};
  if (!first || !second || !GetFileInformationByHandle(first.get(), &one) ||
      !GetFileInformationByHandle(second.get(), &other)) {
    return same_name(a, b);
  }
  return one.dwVolumeSerialNumber == other.dwVolumeSerialNumber &&
         one.nFileIndexHigh == other.nFileIndexHigh && one.nFileIndexLow == other.nFileIndexLow;
}

std::wstring problem_of_provider(const std::wstring& path, View view) {
  const auto file = open_file(path);
  if (!file) {
    const DWORD error = GetLastError();
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND
               ? L"there is no such file"
               : L"the file cannot be opened (Win32 error " + std::to_wstring(error) + L")";
  }
  if (same_name(file_name(path), kOwnDll)) {
    return L"that is the MAPI Profile Broker's own DLL, which needs a MAPI to go on to";
  }
  const auto folder = system_folder(view);
  for (const wchar_t* dispatcher : {L"\\mapi32.dll", L"\\mapistub.dll"}) {
    if (same_file(path, folder + dispatcher)) {
      return L"that is Windows' dispatcher, which would only come back here";
    }
  }
  const WORD machine = machine_of_file(file);
  if (machine == 0) {
    return L"the file is not a DLL, or damaged";
  }
  if (machine != machine_of(view)) {
    return L"it is " + std::wstring(bitness(machine)) + L", and the program is " +
           bitness(machine_of(view));
  }
  return {};
}

ProviderPath find_provider(Kind kind, View view, const InProcess& in_process) {
  auto provider = named_provider(kind, view, in_process);
  if (!provider.path.empty()) {
    provider.problem = problem_of_provider(provider.path, view);
  }
  return provider;
}

}  // namespace profile_broker::client::mapi
