// Finding, loading and looking up, behind real_mapi_win.h and thunks.S.
#include "client-lib/mapi/real_mapi_win.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "client-lib/mapi/event_line_win.h"
#include "client-lib/mapi/mapi_thunks_win.h"
#include "client-lib/mapi/provider_path_win.h"
#include "client-lib/mapi/routing_names_win.h"

namespace profile_broker::client::mapi {
namespace {

using mapi_thunks::Code;

struct Function {
  Kind kind;
  const char* plain;
  const char* decorated;
  Code* answer;
};

constexpr Function kFunctions[] = {
#define MAPI_FUNCTION(provider, name, bytes, answer) \
  {Kind::provider, #name, #name "@" #bytes, mapi_thunks::answer_##name},
#define MAPI_OWN(provider, name, bytes, answer) MAPI_FUNCTION(provider, name, bytes, answer)
#include "client-lib/mapi/mapi_functions.inc"
#undef MAPI_FUNCTION
#undef MAPI_OWN
};
constexpr std::size_t kFunctionCount = std::size(kFunctions);

// A renamed copy of this DLL would be taken for a real MAPI, and go on to itself.
constexpr char kMarker[] = "MapiProfileBrokerGoesOnToTheRealMapi";

struct Provider {
  std::atomic<HMODULE> module{nullptr};
  std::atomic<bool> failed{false};
};
constinit Provider extended_provider;
constinit Provider simple_provider;

Provider& of(Kind kind) {
  return kind == Kind::extended ? extended_provider : simple_provider;
}

// Addresses of thunks and sessions stay good until the process ends.
void stay_loaded() {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<const wchar_t*>(&stay_loaded), &self);
}

std::wstring load_problem(DWORD error) {
  switch (error) {
    case ERROR_MOD_NOT_FOUND:
      return L"a DLL that it needs is missing";
    case ERROR_BAD_EXE_FORMAT:
      return L"it is damaged, or it or a DLL that it needs is of the other bitness";
    default:
      return L"Windows cannot load it (Win32 error " + std::to_wstring(error) + L")";
  }
}

std::wstring own_path() {
  HMODULE self = nullptr;
  std::array<wchar_t, 32'768> path{};
  GetModuleHandleExW(
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
      reinterpret_cast<const wchar_t*>(&own_path), &self);
  return {path.data(), GetModuleFileNameW(self, path.data(), static_cast<DWORD>(path.size()))};
}

bool is_in_this_process(const std::wstring& module) {
  return GetModuleHandleW(module.c_str()) != nullptr;
}

HMODULE load(const std::wstring& path, std::wstring& problem) {
  const HMODULE module = LoadLibraryExW(path.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (!module) {
    problem = load_problem(GetLastError());
  } else if (GetProcAddress(module, kMarker)) {
    problem = L"that is a copy of the MAPI Profile Broker's own DLL";
    FreeLibrary(module);
    return nullptr;
  }
  return module;
}

HMODULE find_and_load(Kind kind) {
  stay_loaded();
  auto provider = find_provider(kind, View::own, is_in_this_process);
  HMODULE module = nullptr;
  if (provider.path.empty()) {
    provider.problem = L"there is none";
  } else if (same_file(provider.path, own_path())) {
    provider.problem = L"that is the MAPI Profile Broker's own DLL, which needs a MAPI to go on to";
  } else if (provider.problem.empty()) {
    module = load(provider.path, provider.problem);
  }
  if (!module) {
    tell_of_missing_provider(provider);
  }
  return module;
}

HMODULE provider_for(Kind kind, bool look_again) {
  auto& provider = of(kind);
  if (const HMODULE module = provider.module.load()) {
    return module;
  }
  if (provider.failed.load() && !look_again) {
    return nullptr;
  }
  const HMODULE found = find_and_load(kind);
  provider.failed = found == nullptr;
  HMODULE first = nullptr;
  // Of two threads that load at once, the second one's count on the module does no harm.
  if (found && !provider.module.compare_exchange_strong(first, found)) {
    return first;
  }
  return found;
}

FARPROC look_up(HMODULE module, const char* plain, const char* decorated) {
  const bool decorated_first = sizeof(void*) == 4;
  const FARPROC first = GetProcAddress(module, decorated_first ? decorated : plain);
  return first ? first : GetProcAddress(module, decorated_first ? plain : decorated);
}

FARPROC look_up(HMODULE module, const Function& function) {
  if (const FARPROC found = look_up(module, function.plain, function.decorated)) {
    return found;
  }
  // mapi32.dll has one function without a name.
  return std::string_view(function.plain) == "ord_8" ? GetProcAddress(module, MAKEINTRESOURCEA(8))
                                                     : nullptr;
}

bool opens_mapi(std::string_view name) {
  return name == "MAPIInitialize" || name == "MAPILogon";
}

HMODULE module_for(const Function& function) {
  return provider_for(function.kind, opens_mapi(function.plain));
}

// Of the provider of Simple MAPI, as far as it is loaded; null when it has none of that name.
template <typename Pointer>
Pointer in_simple_provider(const char* plain, const char* decorated) {
  const HMODULE module = simple_provider.module.load();
  return module
             ? reinterpret_cast<Pointer>(reinterpret_cast<void*>(look_up(module, plain, decorated)))
             : nullptr;
}

}  // namespace

extern "C" {

// The real functions' addresses, by their place in mapi_functions.inc; null until first called.
void* real_functions[kFunctionCount];

// For thunks.S: what to jump to. The thread's last error stays as the caller has it.
void* STDAPICALLTYPE resolve_mapi_function(std::uint32_t index) {
  const DWORD last_error = GetLastError();
  const auto& function = kFunctions[index];
  void* target = reinterpret_cast<void*>(function.answer);
  try {
    if (const HMODULE module = module_for(function)) {
      if (const FARPROC real = look_up(module, function)) {
        target = reinterpret_cast<void*>(real);
      }
      InterlockedExchangePointer(&real_functions[index], target);
    }
  } catch (...) {
    // Out of memory: as if there were no provider, and the next call tries again.
  }
  SetLastError(last_error);
  return target;
}

// See kMarker.
__declspec(dllexport) void MapiProfileBrokerGoesOnToTheRealMapi() {}

}  // extern "C"

MapiFunctions real_profile_functions() {
  using namespace mapi_thunks;
  MapiFunctions functions;
  functions.initialize = as<LPMAPIINITIALIZE>(thunk_MAPIInitialize);
  functions.uninitialize = as<LPMAPIUNINITIALIZE>(thunk_MAPIUninitialize);
  functions.admin_profiles = as<decltype(functions.admin_profiles)>(thunk_MAPIAdminProfiles);
  return functions;
}

LPMAPIALLOCATEBUFFER real_allocate_buffer() {
  return mapi_thunks::as<LPMAPIALLOCATEBUFFER>(mapi_thunks::thunk_MAPIAllocateBuffer);
}

LPMAPIALLOCATEMORE real_allocate_more() {
  return mapi_thunks::as<LPMAPIALLOCATEMORE>(mapi_thunks::thunk_MAPIAllocateMore);
}

LPMAPIFREEBUFFER real_free_buffer() {
  return mapi_thunks::as<LPMAPIFREEBUFFER>(mapi_thunks::thunk_MAPIFreeBuffer);
}

bool has_extended_mapi() noexcept {
  if (extended_provider.module.load()) {
    return true;
  }
  try {
    const auto provider = find_provider(Kind::extended, View::own, is_in_this_process);
    return !provider.path.empty() && provider.problem.empty() &&
           !same_file(provider.path, own_path());
  } catch (...) {
    return false;  // out of memory
  }
}

bool are_two_providers() {
  const HMODULE simple = simple_provider.module.load();
  return simple && simple != extended_provider.module.load();
}

bool is_only_simple_loaded() {
  return simple_provider.module.load() && !extended_provider.module.load();
}

LPMAPIFREEBUFFER simple_free_buffer() {
  return in_simple_provider<LPMAPIFREEBUFFER>("MAPIFreeBuffer", "MAPIFreeBuffer@4");
}

SessionFromSimple session_from_simple() {
  return in_simple_provider<SessionFromSimple>("ScMAPIXFromSMAPI", "ScMAPIXFromSMAPI@16");
}

SessionFromSimple session_from_cmc() {
  return in_simple_provider<SessionFromSimple>("ScMAPIXFromCMC", "ScMAPIXFromCMC@16");
}

}  // namespace profile_broker::client::mapi
