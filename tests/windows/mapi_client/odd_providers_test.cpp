// Providers that are not as most are, seen from inside a routed program: extended MAPI with
// sessions that hide what they can (odd_mapi.h), and Simple MAPI and CMC in a DLL of their own.
#include <windows.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "tests/windows/mapi_client/odd_mapi.h"
#include "tests/windows/mapi_client/routed_process.h"
#include "tests/windows/mapi_client/simple_only_mapi.h"
#include "tests/windows/scene/profile_registry.h"

#include <mapi.h>
#include <xcmc.h>

namespace scene {
namespace {

using namespace odd_mapi;
using Names = std::vector<std::string>;

constexpr GUID kProfAdmin = {0x0002031C, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
constexpr wchar_t kBroker[] = L"mapi_profile_broker.dll";
constexpr wchar_t kOdd[] = L"odd_mapi.dll";
constexpr wchar_t kSimple[] = L"simple_only_mapi.dll";

class OddMapi : public InitializedMapi {
 public:
  OddMapi() : reentered_before_(times_reentered()) {}
  ~OddMapi() {
    be(kPlain);
    // None of these makes the provider work on profiles in the middle of its own functions.
    CHECK(times_reentered() == reentered_before_);
  }

  static void be(unsigned oddities) { in<SetOddities*>(kOdd, "SetOddities")(oddities); }

 private:
  static long times_reentered() { return in<odd_mapi::Count*>(kOdd, "TimesReentered")(); }
  const long reentered_before_;
};

ULONG send_mail(LHANDLE session = 0) {
  return in<LPMAPISENDMAIL>(L"mapi32.dll", "MAPISendMail")(session, 0, nullptr, 0, 0);
}

void name_provider(const char* value, const std::string& dll) {
  const auto path = path_beside(dll);
  REQUIRE(RegSetKeyValueA(HKEY_LOCAL_MACHINE, "Software\\Clients\\Mail\\Stand-in MAPI", value,
                          REG_SZ, path.c_str(),
                          static_cast<DWORD>(path.size() + 1)) == ERROR_SUCCESS);
}

// What a call sees of the profile "Report" while it sends.
std::string references_meanwhile;
HRESULT deleted_meanwhile = E_FAIL;
void look_meanwhile() {
  references_meanwhile = references("Report");
}
void delete_meanwhile() {
  look_meanwhile();
  std::thread([] { deleted_meanwhile = remove("Report"); }).join();
}
void tell_during(simple_only_mapi::During* told) {
  in<simple_only_mapi::TellDuring*>(kSimple, "TellDuring")(told);
}

}  // namespace

std::unique_ptr<Routing> route_this_process() {
  name_provider("DLLPathEx", "odd_mapi.dll");
  name_provider("DLLPath", "simple_only_mapi.dll");
  return std::make_unique<Routing>();
}

TEST_CASE_METHOD(OddMapi, "a session's table may lie among code that others are running",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  be(kTableAmongCode);
  auto session = log_on("Report");
  REQUIRE(session != nullptr);
  std::atomic<Code*> code{in<CodeBesideTable*>(kOdd, "CodeBesideTable")()};
  session->Release();
  std::atomic<bool> done{false};
  std::thread runner([&] {
    while (!done) {
      code.load()();
    }
  });
  const auto beside = in<CodeBesideTable*>(kOdd, "CodeBesideTable");
  for (int i = 0; i < 25; ++i) {
    session = log_on("Report");
    REQUIRE(session != nullptr);
    code = beside();
    // Handed out once more, so that its table is looked at while the code runs.
    be(kTableAmongCode | kSharedSession);
    const auto again = log_on("Report", 0);
    be(kTableAmongCode);
    CHECK(again == session);
    session->Release();
    CHECK(session->Release() == 0);
  }
  done = true;
  runner.join();
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(OddMapi, "more classes of sessions than are known end with MAPI at the latest",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  be(kFunctionsOfItsOwn);
  std::vector<LPMAPISESSION> sessions;
  for (int i = 0; i < 40; ++i) {
    sessions.push_back(log_on("Report"));
    REQUIRE(sessions.back() != nullptr);
  }
  CHECK(references("Report") == "40");
  for (auto* const session : sessions) {
    CHECK(session->Logoff(0, 0, 0) == S_OK);
    CHECK(session->Release() == 0);
  }
  CHECK(std::stoi(references("Report")) < 40);  // those of the known classes have ended
  mapi().uninitialize();
  CHECK(references("Report") == "0");
  REQUIRE(mapi().initialize(nullptr) == S_OK);
}

TEST_CASE_METHOD(OddMapi, "a Release that tells nothing ends no reference", "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  be(kReleaseTellsNothing);
  const auto session = log_on("Report");
  REQUIRE(session != nullptr);
  session->AddRef();
  CHECK(session->Release() == 0);  // and one is left
  CHECK(references("Report") == "1");
  CHECK(session->Logoff(0, 0, 0) == S_OK);
  CHECK(references("Report") == "0");
  session->Release();
}

TEST_CASE_METHOD(OddMapi, "a shared session holds its profile for each of its users",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  REQUIRE(create("Other") == S_OK);
  be(kSharedSession);
  const auto first = log_on("Report", 0);
  const auto second = log_on("Other", 0);  // it gets the shared one, whatever the name
  REQUIRE(first != nullptr);
  CHECK(second == first);
  CHECK(references("Report") == "2");
  CHECK(references("Other") == "0");
  CHECK(first->Logoff(0, 0, 0) == S_OK);
  CHECK(first->Release() == 1);
  CHECK(references("Report") == "1");
  std::thread([second] {
    second->Logoff(0, 0, 0);
    second->Release();
  }).join();
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(OddMapi, "a session that tells no profile holds the one that the logon named",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  REQUIRE(make_default("Report") == S_OK);
  be(kProfileIsSecret);
  const auto named = log_on("Report");
  const auto by_default = log_on("", kLogonFlags | MAPI_USE_DEFAULT);
  REQUIRE(named != nullptr);
  REQUIRE(by_default != nullptr);
  CHECK(references("Report") == "2");
  named->Release();
  by_default->Release();
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(OddMapi, "a logon may name its profile with MAPI_UNICODE", "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  be(kProfileIsSecret);
  wchar_t name[] = L"Report";
  LPMAPISESSION session = nullptr;
  REQUIRE(mapi().logon(0, name, nullptr, kLogonFlags | MAPI_UNICODE, &session) == S_OK);
  CHECK(references("Report") == "1");
  session->Release();
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(OddMapi, "a provider that ends MAPI from inside itself is left before a deletion",
                 "[wine][mapi]") {
  mapi().uninitialize();
  be(kEndsMapiInside);
  REQUIRE(mapi().initialize(nullptr) == S_OK);
  REQUIRE(create("Report") == S_OK);
  REQUIRE(log_on("Report") != nullptr);
  REQUIRE(log_on("Report") != nullptr);
  CHECK(remove("Report") == S_OK);
  CHECK(profiles() == Names{"Report"});
  mapi().uninitialize();  // without a logoff; the provider's own is the last one
  CHECK(profiles().empty());
  CHECK(references("Report") == "0");
  be(kPlain);
  REQUIRE(mapi().initialize(nullptr) == S_OK);
}

TEST_CASE_METHOD(OddMapi, "the IUnknown of an IProfAdmin does not lead past it", "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto session = log_on("Report");
  REQUIRE(session != nullptr);
  be(kTwoObjects);
  Admin admin = open_admin();
  LPUNKNOWN unknown = nullptr;
  REQUIRE(admin->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(&unknown)) == S_OK);
  LPPROFADMIN back = nullptr;
  REQUIRE(unknown->QueryInterface(kProfAdmin, reinterpret_cast<void**>(&back)) == S_OK);
  CHECK(back == admin.get());
  CHECK(back->DeleteProfile(ansi("Report"), 0) == S_OK);
  CHECK(profiles() == Names{"Report"});
  back->Release();
  unknown->Release();
  session->Logoff(0, 0, 0);
  session->Release();
  CHECK(profiles().empty());
}

TEST_CASE_METHOD(OddMapi, "a call that logs on by itself holds the default profile",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  REQUIRE(make_default("Report") == S_OK);
  REQUIRE(send_mail() == SUCCESS_SUCCESS);  // loads the provider of Simple MAPI
  tell_during(delete_meanwhile);
  CHECK(send_mail() == SUCCESS_SUCCESS);
  tell_during(nullptr);
  CHECK(references_meanwhile == "1");
  CHECK(deleted_meanwhile == S_OK);
  CHECK(profiles().empty());  // when it was over
  CHECK(references("Report") == "0");

  REQUIRE(create("Report") == S_OK);
  REQUIRE(make_default("Report") == S_OK);
  tell_during(look_meanwhile);
  const auto send_documents = in<LPMAPISENDDOCUMENTS>(L"mapi32.dll", "MAPISendDocuments");
  CHECK(send_documents(0, nullptr, nullptr, nullptr, 0) == SUCCESS_SUCCESS);
  CHECK(references_meanwhile == "1");
  const auto cmc = in<decltype(&cmc_send)>(kBroker, "cmc_send");
  references_meanwhile.clear();
  CHECK(cmc(0, nullptr, 0, 0, nullptr) == CMC_SUCCESS);
  CHECK(references_meanwhile == "1");
  tell_during(nullptr);
  CHECK(references("Report") == "0");
}

TEST_CASE_METHOD(OddMapi, "Simple MAPI of another DLL keeps its sessions to itself",
                 "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  REQUIRE(make_default("Report") == S_OK);
  const auto log_on_simply = in<LPMAPILOGON>(L"mapi32.dll", "MAPILogon");
  const auto log_off_simply = in<LPMAPILOGOFF>(L"mapi32.dll", "MAPILogoff");
  char name[] = "Report";
  for (char* const given : {name, static_cast<char*>(nullptr)}) {
    LHANDLE session = 0;
    REQUIRE(log_on_simply(0, given, nullptr, 0, 0, &session) == SUCCESS_SUCCESS);
    CHECK(references("Report") == "1");
    CHECK(send_mail(session) == SUCCESS_SUCCESS);
    CHECK(log_off_simply(session, 0, 0, 0) == SUCCESS_SUCCESS);
    CHECK(references("Report") == "0");
  }
  CHECK(in<odd_mapi::Count*>(kOdd, "ForeignSessions")() == 0);
}

TEST_CASE_METHOD(OddMapi, "a session of CMC holds its profile until it logs off", "[wine][mapi]") {
  REQUIRE(create("Report") == S_OK);
  const auto logon = in<decltype(&cmc_logon)>(kBroker, "cmc_logon");
  const auto logoff = in<decltype(&cmc_logoff)>(kBroker, "cmc_logoff");
  char user[] = "Report";
  CMC_session_id session = 0;
  REQUIRE(logon(nullptr, user, nullptr, nullptr, 0, CMC_VERSION, 0, &session, nullptr) ==
          CMC_SUCCESS);
  CHECK(references("Report") == "1");
  CHECK(remove("Report") == S_OK);
  CHECK(profiles() == Names{"Report"});
  CHECK(logoff(session, 0, 0, nullptr) == CMC_SUCCESS);
  CHECK(profiles().empty());
}

TEST_CASE_METHOD(OddMapi, "a block is freed by the DLL that made it", "[wine][mapi]") {
  const auto blocks = in<simple_only_mapi::Count*>(kSimple, "Blocks");
  const auto foreign_blocks = in<simple_only_mapi::Count*>(kSimple, "ForeignBlocks");
  const auto resolve_name = in<LPMAPIRESOLVENAME>(L"mapi32.dll", "MAPIResolveName");
  const auto allocate = in<LPMAPIALLOCATEBUFFER>(L"mapi32.dll", "MAPIAllocateBuffer");
  REQUIRE(blocks() == 0);
  std::vector<lpMapiRecipDesc> recipients(10, nullptr);
  for (auto& recipient : recipients) {
    REQUIRE(resolve_name(1, 0, nullptr, 0, 0, &recipient) == SUCCESS_SUCCESS);
  }
  CHECK(blocks() == 10);
  void* extended = nullptr;
  REQUIRE(allocate(100, &extended) == S_OK);
  CHECK(mapi().free_buffer(extended) == S_OK);
  for (auto* const recipient : recipients) {
    CHECK(mapi().free_buffer(recipient) == SUCCESS_SUCCESS);
  }
  CHECK(blocks() == 0);
  CHECK(foreign_blocks() == 0);
  CHECK(mapi().free_buffer(nullptr) == S_OK);
}

}  // namespace scene
