// Every function of the system's mapi32.dll, as the tool chain lists them, is there in the MAPI
// client DLL, and a call of it arrives at the real MAPI with every argument in its place, and its
// answer back at the caller.
#include <windows.h>

#include <algorithm>
#include <string>
#include <utility>

#include "tests/support/catch.h"
#include "tests/windows/mapi_client/every_function.h"

namespace {

using every_function::Arguments;

struct NamedFunction {
  std::uint32_t index;
  const char* name;
};

constexpr NamedFunction kFunctions[] = {
#define EVERY_FUNCTION(index, name) {index, #name},
#include "every_function.inc"
};

// These pass through functions of the DLL, which hand on what their signatures have; what they do
// with it is sessions_test.cpp's business.
bool is_looked_into(const std::string& name) {
  const char* const kNames[] = {"MAPIInitialize",    "MAPIUninitialize", "MAPILogonEx",
                                "MAPIAdminProfiles", "MAPILogon",        "MAPILogoff"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](const char* known) { return name == known; });
}

std::wstring beside_this_program(const wchar_t* file) {
  wchar_t path[MAX_PATH] = L"";
  GetModuleFileNameW(nullptr, path, MAX_PATH);
  const std::wstring own = path;
  return own.substr(0, own.rfind(L'\\') + 1) + file;
}

void configure_provider(const std::wstring& path) {
  REQUIRE(RegSetKeyValueW(HKEY_LOCAL_MACHINE, L"Software\\MAPI Profile Broker\\MAPI Client",
                          L"ProviderPath", REG_EXPAND_SZ, path.c_str(),
                          static_cast<DWORD>((path.size() + 1) * sizeof(wchar_t))) ==
          ERROR_SUCCESS);
}

std::uint32_t call(FARPROC function, const Arguments& a) {
  const auto target =
      reinterpret_cast<every_function::Function*>(reinterpret_cast<void*>(function));
  return target(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]);
}

}  // namespace

TEST_CASE("every function of mapi32.dll is exported and goes on as it comes", "[wine][mapi]") {
  SetEnvironmentVariableW(L"WHERE_THE_REAL_MAPI_IS", beside_this_program(L"").c_str());
  configure_provider(L"%WHERE_THE_REAL_MAPI_IS%every_function_mapi.dll");
  const HMODULE client = LoadLibraryW(beside_this_program(L"mapi_profile_broker.dll").c_str());
  REQUIRE(client != nullptr);
  CHECK(GetModuleHandleW(L"every_function_mapi.dll") == nullptr);  // no work at load time
  Arguments arguments{};
  static char memory[every_function::kArguments];  // for what is read as a name: empty texts
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    arguments[i] = reinterpret_cast<std::uintptr_t>(&memory[i]);
  }
  for (int round = 0; round < 2; ++round) {  // the first call finds the function, the second jumps
    for (const auto& [index, name] : kFunctions) {
      CAPTURE(round, name);
      const FARPROC exported = GetProcAddress(client, name);
      REQUIRE(exported != nullptr);
      SetLastError(4711);
      const std::uint32_t answer = call(exported, arguments);
      CHECK(GetLastError() == 4711);
      if (!is_looked_into(name)) {
        CHECK(answer == every_function::answer(index, arguments));
      } else if (std::string(name) != "MAPIUninitialize") {
        CHECK((answer & 0xFFFF'0000U) == 0x8004'0000U);  // an error, and not one of the DLL's own
        CHECK(answer != 0x8004'0605U);                   // MAPI_E_NOT_INITIALIZED
      }
    }
  }
}

TEST_CASE("the decorated names of x86 lead to the same functions", "[wine][mapi]") {
  const HMODULE client = LoadLibraryW(beside_this_program(L"mapi_profile_broker.dll").c_str());
  REQUIRE(client != nullptr);
  const std::pair<const char*, const char*> kPairs[] = {{"MAPIInitialize", "MAPIInitialize@4"},
                                                        {"HrQueryAllRows", "HrQueryAllRows@24"},
                                                        {"ScInitMapiUtil", "ScInitMapiUtil@4"},
                                                        {"MAPISendMail", "MAPISendMail@20"}};
  for (const auto& [plain, decorated] : kPairs) {
    CAPTURE(plain);
    CHECK(GetProcAddress(client, plain) != nullptr);
    CHECK(GetProcAddress(client, plain) == GetProcAddress(client, decorated));
  }
}
