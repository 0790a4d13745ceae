// A MAPI program as it is written today, its binary unchanged, in two sessions of one account: once
// routed to the MAPI client DLL, once not. Real processes, Wine's mapi32.dll, the registry, the
// installed service.
#include <windows.h>

#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/windows/mapi_client/routing.h"
#include "tests/windows/scene/broker_service.h"
#include "tests/windows/scene/profile_registry.h"
#include "tests/windows/scene/test_account.h"

namespace scene {
namespace {

using Names = std::vector<std::string>;

constexpr char kUnchanged[] = "mapi_program_today";

class ServedAccount : public CleanAccount {
 public:
  ServedAccount() { start_service(); }
};

bool profile_is_gone() {
  return profiles().empty() && marked_profiles().empty();
}

// mapi32.dll reads the registry when a program loads it: what is started meanwhile is routed.
struct Routed {
  Routing routing;
  SteeredProgram program;
  explicit Routed(unsigned session) : program(kUnchanged, session) {}
};

bool waits_until(bool (*condition)()) {
  const ULONGLONG deadline = GetTickCount64() + 20'000;
  while (!condition() && GetTickCount64() < deadline) {
    Sleep(10);
  }
  return condition();
}

// Once more, until the broker has seen that a holder is gone.
bool start_of_mapi_removes_leftover(SteeredProgram& program) {
  program.tell("initialize");
  const ULONGLONG deadline = GetTickCount64() + 20'000;
  while (!profile_is_gone() && GetTickCount64() < deadline) {
    program.tell("uninitialize");
    program.tell("initialize");
  }
  return profile_is_gone();
}

}  // namespace

TEST_CASE_METHOD(ServedAccount, "unrouted, the unchanged program loses its profile: KB 818861",
                 "[wine][unchanged]") {
  SteeredProgram holder(kUnchanged, 2);
  use_profile(holder, true);
  SteeredProgram stranger(kUnchanged, 3);
  stranger.tell("initialize");
  CHECK(contains(holder.tell("read"), "Win32 1018 ERROR_KEY_DELETED"));
}

TEST_CASE_METHOD(ServedAccount, "routed, the same program keeps its profile until it logs off",
                 "[wine][unchanged]") {
  Routed holder(2);
  use_profile(holder.program, true);
  Routed stranger(3);
  CHECK(contains(stranger.program.tell("initialize"), "S_OK"));
  CHECK(profiles() == Names{kProfile});
  CHECK(marked_profiles().empty());
  CHECK(reads(holder.program, "Monday"));
  CHECK(contains(holder.program.tell("write Tuesday"), "S_OK"));
  CHECK(reads(holder.program, "Tuesday"));
  CHECK(contains(holder.program.tell("logoff"), "S_OK"));
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ServedAccount,
                 "an unrouted neighbour finds nothing to sweep of a routed program's",
                 "[wine][unchanged]") {
  SteeredProgram neighbour(kUnchanged, 3);
  Routed holder(2);
  use_profile(holder.program, true);
  neighbour.tell("initialize");
  CHECK(profiles() == Names{kProfile});
  CHECK(reads(holder.program, "Monday"));
  neighbour.tell("uninitialize");
  neighbour.tell("initialize");
  CHECK(reads(holder.program, "Monday"));
  holder.program.tell("logoff");
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ServedAccount, "another session can neither see, take nor join a deleted profile",
                 "[wine][unchanged]") {
  Routed holder(2);
  use_profile(holder.program, true);
  Routed stranger(3);
  stranger.program.tell("initialize");
  CHECK(contains(stranger.program.tell("profiles"), "profile table: empty"));
  CHECK(contains(stranger.program.tell("create Other"), "S_OK"));
  CHECK(contains(stranger.program.tell("profiles"), "profile table: \"Other\""));
  CHECK(contains(stranger.program.tell("create report"), "MAPI_E_NO_ACCESS"));
  CHECK(contains(stranger.program.tell("logon Report"), "MAPI_E_LOGON_FAILED"));
  CHECK(contains(stranger.program.tell("delete Report"), "S_OK"));
  CHECK(contains(stranger.program.tell("delete Other"), "S_OK"));
  CHECK(profiles() == Names{kProfile});
  CHECK(reads(holder.program, "Monday"));
}

TEST_CASE_METHOD(ServedAccount, "a profile that another session deletes lives on in its holder",
                 "[wine][unchanged]") {
  Routed holder(2);
  use_profile(holder.program, false);
  Routed stranger(3);
  stranger.program.tell("initialize");
  CHECK(contains(stranger.program.tell("delete Report"), "S_OK"));
  CHECK(profiles() == Names{kProfile});
  CHECK(reads(holder.program, "Monday"));
  holder.program.tell("logoff");
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ServedAccount,
                 "a profile that nobody uses is deleted at once, with MAPI's answers",
                 "[wine][unchanged]") {
  Routed routed(2);
  routed.program.tell("initialize");
  routed.program.tell("create Report");
  CHECK(contains(routed.program.tell("delete Report"), "S_OK"));
  CHECK(profile_is_gone());
  CHECK(contains(routed.program.tell("delete Report"),
                 "MAPI_E_NOT_FOUND (0x8004010F), Win32 2 ERROR_FILE_NOT_FOUND"));
  CHECK(contains(routed.program.tell("logon Report"), "MAPI_E_LOGON_FAILED"));
  CHECK(contains(routed.program.tell("create Report"), "S_OK"));
  CHECK(contains(routed.program.tell("create Report"), "MAPI_E_NO_ACCESS"));
}

TEST_CASE_METHOD(ServedAccount, "what a killed program has left goes with the next start of MAPI",
                 "[wine][unchanged]") {
  Routed holder(2);
  use_profile(holder.program, true);
  holder.program.kill();
  CHECK(profiles() == Names{kProfile});
  Routed next(3);
  CHECK(start_of_mapi_removes_leftover(next.program));
}

TEST_CASE_METHOD(ServedAccount, "the end of MAPI in a program ends its references",
                 "[wine][unchanged]") {
  Routed holder(2);
  use_profile(holder.program, true);
  holder.program.tell("uninitialize");  // without a logoff
  CHECK(waits_until(
      [] { return contains(run_tool("query Report --json").output, "\"inUse\": false"); }));
}

TEST_CASE_METHOD(ServedAccount, "a routed program and one with the client library share a profile",
                 "[wine][unchanged]") {
  Routed holder(2);
  use_profile(holder.program, false);
  SteeredProgram with_broker("mapi_program_with_broker", 3);
  with_broker.tell("initialize");
  CHECK(contains(with_broker.tell("delete Report"), "S_OK, deferred"));
  CHECK(reads(holder.program, "Monday"));
  holder.program.tell("logoff");
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ServedAccount, "a program with the client library may be routed as well",
                 "[wine][unchanged]") {
  const Routing routing;
  SteeredProgram holder("mapi_program_with_broker", 2);
  use_profile(holder, true);
  SteeredProgram stranger("mapi_program_with_broker", 3);
  CHECK(contains(stranger.tell("initialize"), "leftovers removed: 0"));
  CHECK(contains(stranger.tell("delete Report"), "S_OK, deferred"));
  CHECK(reads(holder, "Monday"));
  CHECK(contains(holder.tell("logoff"), "ProfileBrokerRelease S_OK"));
  CHECK(profile_is_gone());
  CHECK(contains(run_tool("sweep").output, "Nothing is left over"));
}

TEST_CASE_METHOD(ServedAccount, "without the service a routed program works, and deletions wait",
                 "[wine][unchanged]") {
  Routed holder(2);
  holder.program.tell("initialize");
  stop_service();
  CHECK(contains(holder.program.tell("create Report"), "S_OK"));
  CHECK(contains(holder.program.tell("logon Report"), "MAPILogonEx \"Report\" S_OK"));
  CHECK(contains(holder.program.tell("write Monday"), "S_OK"));
  CHECK(contains(holder.program.tell("delete"), "S_OK"));
  CHECK(contains(holder.program.tell("profiles"), "profile table: empty"));
  CHECK(contains(holder.program.tell("create Report"), "MAPI_E_NO_ACCESS"));
  CHECK(contains(holder.program.tell("delete Nobody"), "MAPI_E_NOT_FOUND"));
  SteeredProgram neighbour(kUnchanged, 3);
  neighbour.tell("initialize");
  CHECK(reads(holder.program, "Monday"));
  start_service();
  CHECK(reads(holder.program, "Monday"));
  CHECK(contains(holder.program.tell("logoff"), "S_OK"));
  Routed next(4);
  CHECK(start_of_mapi_removes_leftover(next.program));
}

TEST_CASE_METHOD(ServedAccount, "what a program was routed to before is gone on to, and restored",
                 "[wine][unchanged]") {
  constexpr char kApps[] = "Software\\Microsoft\\Windows Messaging Subsystem\\MSMapiApps";
  constexpr char kOwn[] = "Software\\Clients\\Mail\\Gateway's own";
  const auto set = [](const char* key, const char* value, const std::string& data) {
    REQUIRE(RegSetKeyValueA(HKEY_LOCAL_MACHINE, key, value, REG_SZ, data.c_str(),
                            static_cast<DWORD>(data.size() + 1)) == ERROR_SUCCESS);
  };
  set(kApps, "gateway.exe", "Gateway's own");
  set(kOwn, "DLLPathEx", "C:\\gateway\\mapi.dll");
  CHECK(run_tool("mapi enable GATEWAY.EXE").exit_code == 0);
  CHECK(contains(
      run_tool("mapi list").output,
      "C:\\gateway\\mapi.dll (DLLPathEx of the mail client 'Gateway's own') UNUSABLE: there is "
      "no such file"));
  CHECK(run_tool("mapi enable GATEWAY.EXE").exit_code == 0);  // once more remembers nothing else
  CHECK(run_tool("mapi disable gateway.exe").exit_code == 0);
  char now[64] = "";
  DWORD size = sizeof now;
  CHECK(RegGetValueA(HKEY_LOCAL_MACHINE, kApps, "gateway.exe", RRF_RT_REG_SZ, nullptr, now,
                     &size) == ERROR_SUCCESS);
  CHECK(std::string(now) == "Gateway's own");

  // Somebody else's later choice is not overwritten.
  CHECK(run_tool("mapi enable GATEWAY.EXE").exit_code == 0);
  set(kApps, "gateway.exe", "Chosen later");
  CHECK(run_tool("mapi disable GATEWAY.EXE").exit_code == 0);
  size = sizeof now;
  RegGetValueA(HKEY_LOCAL_MACHINE, kApps, "gateway.exe", RRF_RT_REG_SZ, nullptr, now, &size);
  CHECK(std::string(now) == "Chosen later");
  RegDeleteKeyValueA(HKEY_LOCAL_MACHINE, kApps, "gateway.exe");
  RegDeleteTreeA(HKEY_LOCAL_MACHINE, kOwn);
}

TEST_CASE_METHOD(ServedAccount, "routing is taken back without a trace", "[wine][unchanged]") {
  const auto before = run_tool("mapi list").output;
  CHECK(contains(before, "No program is routed."));
  CHECK(run_tool("mapi enable GATEWAY.EXE").exit_code == 0);
  CHECK(run_tool("mapi enable gateway.exe --default").exit_code == 2);
  CHECK(run_tool("mapi enable C:\\gateway.exe").exit_code == 1);
  CHECK(run_tool("mapi enable --default").exit_code == 0);
  const auto routed = run_tool("mapi list").output;
  CHECK(contains(routed, "GATEWAY.EXE"));
  CHECK(contains(routed, "standin_mapi.dll (DLLPathEx of the mail client 'Stand-in MAPI')"));
  CHECK(run_tool("mapi disable GATEWAY.EXE").exit_code == 0);
  CHECK(run_tool("mapi disable GATEWAY.EXE").exit_code == 1);
  CHECK(run_tool("mapi disable --default").exit_code == 0);
  CHECK(run_tool("mapi list").output == before);
}

}  // namespace scene
