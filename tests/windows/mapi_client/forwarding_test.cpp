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

// These pass through functions of the DLL, which hand on what their signatures have, and nothing
// beyond: p is a pointer or a handle, u a number of 32 bits. What they do with it is
// sessions_test.cpp's and simple_mapi_test.cpp's business.
struct LookedInto {
  const char* name;
  const char* arguments;
};
constexpr LookedInto kLookedInto[] = {
    {"MAPIInitialize", "p"},        {"MAPIUninitialize", ""},
    {"MAPILogonEx", "pppup"},       {"MAPIAdminProfiles", "up"},
    {"MAPIFreeBuffer", "p"},        {"MAPILogon", "pppuup"},
    {"MAPILogoff", "ppuu"},         {"MAPISendMail", "pppuu"},
    {"MAPISendMailW", "pppuu"},     {"MAPISendDocuments", "ppppu"},
    {"MAPISaveMail", "pppuup"},     {"MAPIReadMail", "pppuup"},
    {"MAPIAddress", "pppupupuupp"}, {"MAPIDetails", "pppuu"},
    {"MAPIResolveName", "pppuup"},  {"BMAPISendMail", "ppppppp"},
    {"BMAPISaveMail", "pppppppp"},  {"BMAPIResolveName", "pppppp"},
    {"BMAPIAddress", "pppppppppp"}, {"BMAPIDetails", "ppppp"},
    {"cmc_logon", "ppppuuupp"},     {"cmc_logoff", "uuup"},
    {"cmc_send", "upuup"},          {"cmc_send_documents", "pppupppu"},
    {"cmc_look_up", "upuuppp"},     {"cmc_act_on", "upuuup"},
};

const LookedInto* looked_into(const std::string& name) {
  const auto* const found =
      std::find_if(std::begin(kLookedInto), std::end(kLookedInto),
                   [&](const LookedInto& known) { return known.name == name; });
  return found == std::end(kLookedInto) ? nullptr : found;
}

void check_arrived(const LookedInto& function, const Arguments& given, const Arguments& arrived) {
  for (std::size_t i = 0; function.arguments[i] != '\0'; ++i) {
    CAPTURE(i);
    if (function.arguments[i] == 'p') {
      CHECK(arrived[i] == given[i]);
    } else {
      CHECK(static_cast<std::uint16_t>(arrived[i]) == static_cast<std::uint16_t>(given[i]));
    }
  }
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
  const HMODULE real = LoadLibraryW(beside_this_program(L"every_function_mapi.dll").c_str());
  REQUIRE(real != nullptr);
  using LastArguments = const Arguments*();
  auto* const last_arguments = reinterpret_cast<LastArguments*>(
      reinterpret_cast<void*>(GetProcAddress(real, "LastArguments")));
  REQUIRE(last_arguments != nullptr);
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
      const LookedInto* const own = looked_into(name);
      if (own == nullptr) {
        CHECK(answer == every_function::answer(index, arguments));
      } else if (own->arguments[0] != '\0') {
        CHECK((answer & 0xFFFF'0000U) == 0x8004'0000U);  // an error, and not one of the DLL's own
        CHECK(answer != 0x8004'0605U);                   // MAPI_E_NOT_INITIALIZED
        check_arrived(*own, arguments, *last_arguments());
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

TEST_CASE("the MAPI client's events have texts in English and German", "[wine][mapi]") {
  const HMODULE texts =
      LoadLibraryExW(beside_this_program(L"mapi_profile_broker_events.dll").c_str(), nullptr,
                     LOAD_LIBRARY_AS_DATAFILE);
  REQUIRE(texts != nullptr);
  const auto text_of = [&](DWORD id, DWORD language) {
    DWORD_PTR inserts[] = {reinterpret_cast<DWORD_PTR>(L"{program}"),
                           reinterpret_cast<DWORD_PTR>(L"{reason}")};
    std::wstring text(4'096, L'\0');
    text.resize(FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY, texts,
                               id, language, text.data(), static_cast<DWORD>(text.size()),
                               reinterpret_cast<va_list*>(inserts)));
    return text;
  };
  for (const DWORD id : {0xC0000001, 0x80000002}) {
    CAPTURE(id);
    const auto english = text_of(id, 0x409);
    const auto german = text_of(id, 0x407);
    for (const auto& text : {english, german}) {
      CHECK(text.find(L"{program}") != std::wstring::npos);
      CHECK(text.find(L"{reason}") != std::wstring::npos);
      CHECK(text.find(L"profile-broker ") != std::wstring::npos);  // what to do
    }
    CHECK(english != german);
  }
}
