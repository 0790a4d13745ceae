// The one promise, with every part real: programs in two sessions of one account, the registry,
// MAPI with its fault, and the installed service. A profile with a live reference anywhere is never
// deleted; one that is marked and has none left is. Whatever stops, crashes or restarts meanwhile.
#include <windows.h>

#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/windows/scene/broker_service.h"
#include "tests/windows/scene/profile_registry.h"
#include "tests/windows/scene/test_account.h"

namespace scene {
namespace {

using Names = std::vector<std::string>;

constexpr char kProgram[] = "mapi_program_with_broker";

// A clean account, and a service that runs whatever the test before has done to it.
class ProtectedAccount : public CleanAccount {
 public:
  ProtectedAccount() { start_service(); }
};

bool profile_is_gone() {
  return profiles().empty() && marked_profiles().empty();
}

// Asks until the answer has what is expected, or for 20 s; returns the last answer.
std::string ask_until(SteeredProgram& program, const std::string& command,
                      const std::string& expected) {
  const ULONGLONG deadline = GetTickCount64() + 20'000;
  std::string answer = program.tell(command);
  while (!contains(answer, expected) && GetTickCount64() < deadline) {
    Sleep(10);
    answer = program.tell(command);
  }
  return answer;
}

// The broker learns of a process's end by itself, perhaps a little later than the sweep that MAPI's
// start brings; then the next sweep finds it.
bool start_of_mapi_removes_leftover(SteeredProgram& program) {
  constexpr char kRemoved[] = "leftovers removed: 1";
  return contains(program.tell("initialize"), kRemoved) ||
         contains(ask_until(program, "sweep", kRemoved), kRemoved);
}

}  // namespace

TEST_CASE_METHOD(ProtectedAccount,
                 "a profile in use outlives a start of MAPI, a sweep and a deletion in another "
                 "session",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, true);
  SteeredProgram stranger(kProgram, 3);
  CHECK(contains(stranger.tell("initialize"), "leftovers removed: 0"));
  CHECK(contains(stranger.tell("sweep"), "leftovers removed: 0"));
  CHECK(contains(stranger.tell("delete Report"), "S_OK, deferred"));
  CHECK(profiles() == Names{kProfile});
  CHECK(marked_profiles().empty());
  CHECK(reads(holder, "Monday"));
  CHECK(contains(holder.tell("write Tuesday"), "S_OK"));
  CHECK(reads(holder, "Tuesday"));
}

TEST_CASE_METHOD(ProtectedAccount, "a program as written today cannot sweep a protected profile",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, true);
  SteeredProgram stranger("mapi_program_today", 3);
  stranger.tell("initialize");
  CHECK(profiles() == Names{kProfile});
  CHECK(reads(holder, "Monday"));
}

TEST_CASE_METHOD(ProtectedAccount, "the logoff of the last holder deletes a deleted profile",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, true);
  CHECK(contains(holder.tell("logoff"), "ProfileBrokerRelease S_OK"));
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount,
                 "a temporary profile goes with its last holder, in whichever session that is",
                 "[wine][protected]") {
  SteeredProgram first(kProgram, 2);
  use_profile(first, false);
  SteeredProgram second(kProgram, 3);
  second.tell("initialize");
  REQUIRE(contains(second.tell("logon Report"), "MAPILogonEx \"Report\" S_OK"));
  first.tell("logoff");
  CHECK(profiles() == Names{kProfile});
  CHECK(reads(second, "Monday"));
  second.tell("logoff");
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount, "nobody joins a profile whose deletion is deferred",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, true);
  SteeredProgram stranger(kProgram, 3);
  stranger.tell("initialize");
  CHECK(contains(stranger.tell("logon Report"), "MAPI_E_BUSY"));
  CHECK(reads(holder, "Monday"));
}

TEST_CASE_METHOD(ProtectedAccount, "the name of a deleted profile can be used again",
                 "[wine][protected]") {
  for (int round = 0; round < 2; ++round) {
    SteeredProgram holder(kProgram, 2);
    use_profile(holder, true);
    holder.tell("logoff");
    CHECK(profile_is_gone());
  }
}

TEST_CASE_METHOD(ProtectedAccount, "a sweep removes what a killed holder has left",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, false);
  holder.kill();
  CHECK(profiles() == Names{kProfile});
  SteeredProgram stranger(kProgram, 3);
  CHECK(start_of_mapi_removes_leftover(stranger));
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount, "a killed holder takes nothing from another session's holder",
                 "[wine][protected]") {
  SteeredProgram first(kProgram, 2);
  use_profile(first, false);
  SteeredProgram second(kProgram, 3);
  second.tell("initialize");
  REQUIRE(contains(second.tell("logon Report"), "MAPILogonEx \"Report\" S_OK"));
  first.kill();
  SteeredProgram third(kProgram, 4);
  CHECK(contains(third.tell("initialize"), "removed: 0"));
  CHECK(reads(second, "Monday"));
  second.tell("logoff");
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount, "a profile in use outlives a stop and a start of the service",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, false);
  stop_service();
  SteeredProgram stranger(kProgram, 3);
  stranger.tell("initialize");
  CHECK(reads(holder, "Monday"));
  start_service();
  CHECK(contains(stranger.tell("sweep"), "removed: 0"));
  CHECK(contains(stranger.tell("delete Report"), "S_OK, deferred"));
  CHECK(reads(holder, "Monday"));
  CHECK(contains(holder.tell("logoff"), "ProfileBrokerRelease S_OK"));
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount, "a profile in use outlives the death of the service",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, false);
  kill_service();
  CHECK(contains(holder.tell("write Tuesday"), "S_OK"));
  start_service();
  SteeredProgram stranger(kProgram, 3);
  CHECK(contains(stranger.tell("initialize"), "removed: 0"));
  CHECK(contains(stranger.tell("delete Report"), "S_OK, deferred"));
  CHECK(reads(holder, "Tuesday"));
  CHECK(contains(holder.tell("logoff"), "ProfileBrokerRelease S_OK"));
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount,
                 "without the service nothing is deleted, and the next sweep completes it",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, false);
  stop_service();
  CHECK(contains(holder.tell("delete"), "S_OK, deferred"));
  CHECK(contains(holder.tell("logoff"), "ProfileBrokerRelease MAPI_W_NO_SERVICE"));
  CHECK(profiles() == Names{kProfile});
  holder.leave();
  start_service();
  SteeredProgram stranger(kProgram, 3);
  CHECK(start_of_mapi_removes_leftover(stranger));
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount, "a holder that dies while the service is away is found dead",
                 "[wine][protected]") {
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, true);
  kill_service();
  holder.kill();
  start_service();
  SteeredProgram stranger(kProgram, 3);
  CHECK(start_of_mapi_removes_leftover(stranger));
  CHECK(profile_is_gone());
}

TEST_CASE_METHOD(ProtectedAccount,
                 "a program that logs on while the service is away is protected from the service's "
                 "first moment on",
                 "[wine][protected]") {
  stop_service();
  SteeredProgram stranger(kProgram, 3);
  SteeredProgram holder(kProgram, 2);
  use_profile(holder, false);
  holder.freeze();  // it cannot register before the attack
  start_service();
  CHECK(contains(stranger.tell("sweep"), "leftovers removed: 0"));
  CHECK(contains(stranger.tell("initialize"), "leftovers removed: 0"));
  CHECK(contains(stranger.tell("delete Report"), "S_OK, deferred"));
  holder.thaw();
  CHECK(reads(holder, "Monday"));
  CHECK(contains(ask_until(holder, "status", "unregistered: 0"), "references: 1, unregistered: 0"));
  CHECK(reads(holder, "Monday"));
  CHECK(contains(holder.tell("logoff"), "ProfileBrokerRelease S_OK"));
  CHECK(profile_is_gone());
}

}  // namespace scene
