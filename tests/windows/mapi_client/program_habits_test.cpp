// What programs do with MAPI beyond the ordinary, each allowed: names outside ASCII and as long as
// they may be, MAPI_UNICODE, sessions that go from thread to thread, calls that MAPI refuses, ends
// out of order. A part of mapi_odd_providers_test, which is the routed program.
#include <windows.h>

#include <string>
#include <thread>

#include "tests/support/catch.h"
#include "tests/windows/mapi_client/odd_mapi.h"
#include "tests/windows/mapi_client/routed_process.h"
#include "tests/windows/scene/profile_registry.h"

namespace scene {
namespace {

constexpr wchar_t kBroker[] = L"mapi_profile_broker.dll";
constexpr char kInCodePage[] = "Gr\xFC\xDF\x65";      // of Western Europe
constexpr wchar_t kInUnicode[] = L"Gr\u00FC\u00DFe";  // the same

LPTSTR wide(const wchar_t* text) {
  return reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(text));
}

void be(unsigned oddities) {
  in<odd_mapi::SetOddities*>(L"odd_mapi.dll", "SetOddities")(oddities);
}

}  // namespace

TEST_CASE_METHOD(InitializedMapi, "profiles with letters outside ASCII and with the longest names",
                 "[wine][mapi]") {
  REQUIRE(GetACP() == 1252);
  for (const auto& name : {std::string(kInCodePage), std::string(64, 'n'),
                           std::string(63, 'n') + "\xC4", std::string("a b  c - d & e's (1) %x")}) {
    INFO(name);
    REQUIRE(create(name) == S_OK);
    const auto session = log_on(name);
    REQUIRE(session != nullptr);
    CHECK(references(name) == "1");
    CHECK(remove(name) == S_OK);
    CHECK(profiles().size() == 1);
    CHECK(create(name) == MAPI_E_NO_ACCESS);
    CHECK(session->Logoff(0, 0, 0) == S_OK);
    session->Release();
    CHECK(profiles().empty());
  }
}

TEST_CASE_METHOD(InitializedMapi,
                 "a program that says MAPI_UNICODE everywhere is protected as well",
                 "[wine][mapi]") {
  be(odd_mapi::kUnicodeNames);
  const auto admin = open_admin();
  REQUIRE(admin->CreateProfile(wide(kInUnicode), nullptr, 0, MAPI_UNICODE) == S_OK);
  LPMAPISESSION session = nullptr;
  REQUIRE(mapi().logon(0, wide(kInUnicode), nullptr, kLogonFlags | MAPI_UNICODE, &session) == S_OK);
  CHECK(references(kInCodePage) == "1");
  CHECK(admin->DeleteProfile(wide(kInUnicode), MAPI_UNICODE) == S_OK);
  CHECK(profiles().size() == 1);
  CHECK(admin->CreateProfile(wide(kInUnicode), nullptr, 0, MAPI_UNICODE) == MAPI_E_NO_ACCESS);
  session->Release();
  CHECK(profiles().empty());
  be(odd_mapi::kPlain);
}

TEST_CASE_METHOD(InitializedMapi, "a session is used, logged off and released on other threads",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  LPMAPISESSION session = nullptr;
  std::thread([&] { session = log_on("Report"); }).join();
  REQUIRE(session != nullptr);
  CHECK(references("Report") == "1");
  std::thread([&] { session->AddRef(); }).join();
  HRESULT logged_off = E_FAIL;
  std::thread([&] { logged_off = session->Logoff(0, 0, 0); }).join();
  CHECK(logged_off == S_OK);
  CHECK(references("Report") == "0");
  std::thread([&] {
    session->Release();
    session->Release();
  }).join();
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "ends out of order end a reference once", "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto twice = log_on("Report");
  const auto other = log_on("Report");
  REQUIRE(twice != nullptr);
  REQUIRE(other != nullptr);
  CHECK(twice->Logoff(0, 0, 0) == S_OK);
  twice->Logoff(0, 0, 0);
  twice->Release();
  CHECK(references("Report") == "1");
  REQUIRE(remove("Report") == S_OK);
  CHECK(profiles().size() == 1);
  CHECK(other->Logoff(0, 0, 0) == S_OK);
  CHECK(profiles().empty());
  mapi().uninitialize();  // MAPI first, the session after it
  other->Release();
  REQUIRE(mapi().initialize(nullptr) == S_OK);
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a logon that MAPI refuses is refused with MAPI's own words",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  CHECK(mapi().logon(0, ansi("Report"), nullptr, kLogonFlags, nullptr) == MAPI_E_INVALID_PARAMETER);
  LPMAPISESSION session = nullptr;
  CHECK(mapi().logon(0, nullptr, nullptr, kLogonFlags, &session) == MAPI_E_LOGON_FAILED);
  CHECK(mapi().logon(0, nullptr, nullptr, kLogonFlags | MAPI_USE_DEFAULT, &session) ==
        MAPI_E_LOGON_FAILED);  // there is no default profile
  mapi().uninitialize();
  CHECK(mapi().logon(0, ansi("Report"), nullptr, kLogonFlags, &session) == MAPI_E_NOT_INITIALIZED);
  REQUIRE(mapi().initialize(nullptr) == S_OK);
  CHECK(session == nullptr);
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a session that others may join counts for each logon",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  be(odd_mapi::kSharedSession);
  const auto shared = log_on("Report", MAPI_NEW_SESSION | MAPI_ALLOW_OTHERS | MAPI_EXTENDED);
  const auto joined = log_on("Report", MAPI_EXTENDED);
  be(odd_mapi::kPlain);
  REQUIRE(shared != nullptr);
  CHECK(joined == shared);
  CHECK(references("Report") == "2");
  CHECK(shared->Release() == 1);  // without a logoff: whose reference it was cannot be seen
  CHECK(references("Report") == "2");
  CHECK(joined->Release() == 0);
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "what the provider does not have answers as MAPI's stubs do",
                 "[wine][mapi]") {
  using OneNumber = SCODE(WINAPI*)(ULONG);
  CHECK(in<OneNumber>(kBroker, "ScInitMapiUtil")(0) == MAPI_E_CALL_FAILED);
  using OnePointer = ULONG(WINAPI*)(void*);
  CHECK(in<OnePointer>(kBroker, "FBadProp")(nullptr) == 1);
  using QueryAllRows = HRESULT(WINAPI*)(void*, void*, void*, void*, LONG, void*);
  CHECK(in<QueryAllRows>(kBroker, "HrQueryAllRows")(nullptr, nullptr, nullptr, nullptr, 0,
                                                    nullptr) == MAPI_E_CALL_FAILED);
}

TEST_CASE_METHOD(InitializedMapi, "a program may load and free mapi32.dll as often as it likes",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto session = log_on("Report");
  REQUIRE(session != nullptr);
  for (int i = 0; i < 20; ++i) {
    const HMODULE again = LoadLibraryW(L"mapi32.dll");
    const HMODULE client = LoadLibraryW(kBroker);
    REQUIRE(client != nullptr);
    FreeLibrary(client);
    FreeLibrary(client);  // once more than it was asked for
    FreeLibrary(again);
  }
  CHECK(GetModuleHandleW(kBroker) != nullptr);
  CHECK(session->Release() == 0);
  CHECK(references("Report") == "0");
}

}  // namespace scene
