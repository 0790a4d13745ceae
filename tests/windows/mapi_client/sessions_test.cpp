// References and sessions, seen from inside a routed program: Wine's mapi32.dll, the MAPI client
// DLL, and a provider that calls back into mapi32.dll from its own functions.
#include <windows.h>

#include <psapi.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/open_handles_win.h"
#include "tests/windows/mapi_client/routed_process.h"
#include "tests/windows/scene/profile_registry.h"

#include <mapi.h>

namespace scene {
namespace {

using Names = std::vector<std::string>;

std::string list() {
  return run_tool("list").output;
}

std::size_t private_bytes() {
  PROCESS_MEMORY_COUNTERS_EX counters = {};
  counters.cb = sizeof counters;
  GetProcessMemoryInfo(GetCurrentProcess(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&counters),
                       sizeof counters);
  return counters.PrivateUsage;
}

}  // namespace

std::unique_ptr<Routing> route_this_process() {
  return std::make_unique<Routing>("calling_back_mapi.dll");
}

TEST_CASE_METHOD(InitializedMapi, "a session is the object that the real MAPI has made",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto session = log_on("Report");
  REQUIRE(session != nullptr);
  using Session = LPMAPISESSION(WINAPI*)();
  CHECK(session == in<Session>(L"calling_back_mapi.dll", "SessionMade")());
  // Handed to another function of MAPI, as programs do: the real MAPI gets its own object.
  void* manager = nullptr;
  using OpenFormManager = HRESULT(WINAPI*)(LPMAPISESSION, void**);
  const auto open = in<OpenFormManager>(L"mapi_profile_broker.dll", "MAPIOpenFormMgr");
  CHECK(open(session, &manager) == MAPI_E_NO_SUPPORT);
  CHECK(session == in<Session>(L"calling_back_mapi.dll", "SessionGiven")());
  LPUNKNOWN same = nullptr;
  REQUIRE(session->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(&same)) == S_OK);
  CHECK(static_cast<void*>(same) == static_cast<void*>(session));
  CHECK(session->Release() == 1);
  CHECK(references("Report") == "1");
  CHECK(same->Release() == 0);
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a provider that calls back into mapi32.dll is served",
                 "[wine][mapi]") {
  using Count = long(WINAPI*)();
  const auto inner_calls = in<Count>(L"calling_back_mapi.dll", "InnerCalls");
  const long before = inner_calls();
  REQUIRE(create("Report") == S_OK);
  const auto session = log_on("Report");
  REQUIRE(session != nullptr);
  CHECK(inner_calls() > before);
  session->Logoff(0, 0, 0);
  session->Release();
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a reference ends with the logoff or the last release",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto first = log_on("Report");
  const auto second = log_on("Report");
  REQUIRE(first != nullptr);
  REQUIRE(second != nullptr);
  CHECK(references("Report") == "2");
  CHECK(first->Logoff(0, 0, 0) == S_OK);
  CHECK(references("Report") == "1");
  CHECK(first->Release() == 0);
  CHECK(references("Report") == "1");
  CHECK(second->AddRef() == 2);
  CHECK(second->Release() == 1);
  CHECK(references("Report") == "1");
  CHECK(second->Release() == 0);  // without a logoff
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a session that is never released ends with MAPI",
                 "[wine][mapi]") {
  REQUIRE(create("Leaked") == S_OK);
  REQUIRE(log_on("Leaked") != nullptr);
  REQUIRE(mapi().initialize(nullptr) == S_OK);
  mapi().uninitialize();
  CHECK(references("Leaked") == "1");
  mapi().uninitialize();
  CHECK(references("Leaked") == "0");
  REQUIRE(mapi().initialize(nullptr) == S_OK);
}

TEST_CASE_METHOD(InitializedMapi, "the profile is the session's, whatever name the logon had",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  REQUIRE(make_default("Report") == S_OK);
  const auto session = log_on("", kLogonFlags | MAPI_USE_DEFAULT);
  REQUIRE(session != nullptr);
  CHECK(references("Report") == "1");
  const auto again = log_on("REPORT");
  REQUIRE(again != nullptr);
  CHECK(references("Report") == "2");
  again->Release();
  session->Release();
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a logon that fails leaves no reference", "[wine][mapi]") {
  CHECK(log_on("Nobody") == nullptr);
  CHECK(references("Nobody") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a session of Simple MAPI holds its profile until it logs off",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto log_on_simply = in<LPMAPILOGON>(L"mapi32.dll", "MAPILogon");
  const auto log_off_simply = in<LPMAPILOGOFF>(L"mapi32.dll", "MAPILogoff");
  LHANDLE session = 0;
  char name[] = "Report";
  REQUIRE(log_on_simply(0, name, nullptr, MAPI_NEW_SESSION, 0, &session) == SUCCESS_SUCCESS);
  CHECK(references("Report") != "0");
  CHECK(remove("Report") == S_OK);
  CHECK(profiles() == Names{"Report"});
  CHECK(log_off_simply(session, 0, 0, 0) == SUCCESS_SUCCESS);
  CHECK(profiles().empty());
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "a profile in use is renamed when its last use ends",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  REQUIRE(create("Taken") == S_OK);
  const auto session = log_on("Report");
  REQUIRE(session != nullptr);
  const auto rename = [](const char* to) {
    return open_admin()->RenameProfile(ansi("Report"), nullptr, ansi(to), 0, 0);
  };
  CHECK(rename("Taken") == MAPI_E_NO_ACCESS);
  CHECK(rename("Renamed") == S_OK);
  CHECK(profiles() == Names{"Report", "Taken"});
  session->Logoff(0, 0, 0);
  session->Release();
  CHECK(profiles() == Names{"Renamed", "Taken"});
  CHECK(open_admin()->RenameProfile(ansi("Renamed"), nullptr, ansi("Again"), 0, 0) == S_OK);
  CHECK(profiles() == Names{"Again", "Taken"});
  CHECK(open_admin()->RenameProfile(ansi("Nobody"), nullptr, ansi("Nobody2"), 0, 0) ==
        MAPI_E_NOT_FOUND);
}

TEST_CASE_METHOD(InitializedMapi, "the profile table without hidden profiles is a whole table",
                 "[wine][mapi]") {
  for (const char* name : {"Alpha", "Beta", "Gamma", "Hidden"}) {
    REQUIRE(create(name) == S_OK);
  }
  REQUIRE(make_default("Beta") == S_OK);
  const auto session = log_on("Hidden");
  REQUIRE(session != nullptr);
  REQUIRE(remove("Hidden") == S_OK);
  LPMAPITABLE table = nullptr;
  REQUIRE(open_admin()->GetProfileTable(0, &table) == S_OK);
  ULONG count = 0;
  CHECK(table->GetRowCount(0, &count) == S_OK);
  CHECK(count == 3);

  SPropValue value = {};
  value.ulPropTag = PR_DISPLAY_NAME_A;
  value.Value.lpszA = const_cast<char*>("beta");
  SRestriction named = {};
  named.rt = RES_PROPERTY;
  named.res.resProperty = {RELOP_EQ, PR_DISPLAY_NAME_A, &value};
  CHECK(table->FindRow(&named, BOOKMARK_BEGINNING, 0) == S_OK);
  ULONG row = 0;
  ULONG numerator = 0;
  ULONG denominator = 0;
  CHECK(table->QueryPosition(&row, &numerator, &denominator) == S_OK);
  CHECK(row == 1);
  BOOKMARK bookmark = 0;
  CHECK(table->CreateBookmark(&bookmark) == S_OK);
  CHECK(table->SeekRow(BOOKMARK_END, 0, nullptr) == S_OK);
  CHECK(table->SeekRow(bookmark, 1, nullptr) == S_OK);
  CHECK(table->FreeBookmark(bookmark) == S_OK);

  SizedSPropTagArray(3, columns) = {3, {PR_DEFAULT_PROFILE, PR_DISPLAY_NAME_W, PR_ENTRYID}};
  CHECK(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0) == S_OK);
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_DISPLAY_NAME_A, TABLE_SORT_DESCEND}}};
  CHECK(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), 0) == S_OK);
  LPSRowSet rows = nullptr;
  REQUIRE(table->QueryRows(10, 0, &rows) == S_OK);
  REQUIRE(rows->cRows == 3);
  CHECK(std::wstring(rows->aRow[0].lpProps[1].Value.lpszW) == L"Gamma");
  CHECK(rows->aRow[1].lpProps[0].Value.b != 0);
  CHECK(PROP_TYPE(rows->aRow[0].lpProps[2].ulPropTag) == PT_ERROR);
  for (ULONG i = 0; i < rows->cRows; ++i) {
    mapi().free_buffer(rows->aRow[i].lpProps);
  }
  mapi().free_buffer(rows);

  value.ulPropTag = PR_DEFAULT_PROFILE;
  value.Value.b = 1;
  named.res.resProperty = {RELOP_EQ, PR_DEFAULT_PROFILE, &value};
  CHECK(table->Restrict(&named, 0) == S_OK);
  CHECK(table->GetRowCount(0, &count) == S_OK);
  CHECK(count == 1);
  named.rt = RES_SIZE;
  CHECK(table->Restrict(&named, 0) == MAPI_E_TOO_COMPLEX);
  CHECK(table->Release() == 0);
  session->Release();
  CHECK(profiles() == Names{"Alpha", "Beta", "Gamma"});
}

TEST_CASE_METHOD(InitializedMapi, "a thousand logons and logoffs leave nothing behind",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto cycles = [](int count) {
    for (int i = 0; i < count; ++i) {
      const auto session = log_on("Report");
      if (session == nullptr || (i % 2 == 0 && session->Logoff(0, 0, 0) != S_OK) ||
          session->Release() != 0) {
        return i;
      }
    }
    return count;
  };
  REQUIRE(cycles(50) == 50);  // what is made once is made
  const auto handles = profile_broker::open_handles();
  const auto memory = private_bytes();
  CHECK(cycles(1000) == 1000);
  CHECK(profile_broker::open_handles() == handles);
  // A leak of one reference a cycle, 100 bytes at least, would show; the heap may grow by a piece.
  CHECK(private_bytes() < memory + 96 * 1024);
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(InitializedMapi, "thirty-two threads log on, delete and log off", "[wine][mapi]") {
  constexpr int kThreads = 32;
  constexpr int kRounds = 5;
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.emplace_back([&good, number] {
      const std::string name = "Report " + std::to_string(number);
      for (int round = 0; round < kRounds; ++round) {
        LPPROFADMIN admin = nullptr;
        if (mapi().initialize(nullptr) != S_OK || mapi().admin_profiles(0, &admin) != S_OK) {
          return;
        }
        const HRESULT created = admin->CreateProfile(ansi(name), nullptr, 0, 0);
        const auto session = log_on(name);
        const HRESULT deleted = admin->DeleteProfile(ansi(name), 0);
        admin->Release();
        const bool all = created == S_OK && session != nullptr && deleted == S_OK &&
                         session->Logoff(0, 0, 0) == S_OK && session->Release() == 0;
        mapi().uninitialize();
        good += all ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(good == kThreads * kRounds);
  CHECK(list().find("no profile in use") != std::string::npos);
  CHECK(profiles().empty());
}

}  // namespace scene
