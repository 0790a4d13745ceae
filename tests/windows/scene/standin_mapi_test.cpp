// The stand-in provider behaves as MAPI is documented to, through Wine's mapi32.dll and real
// processes. These tests keep the demo honest: what the broker protects against must be MAPI's
// behaviour, not the stand-in's whim.
#include <algorithm>

#include "tests/support/catch.h"
#include "tests/windows/scene/profile_registry.h"
#include "tests/windows/scene/test_account.h"

namespace scene {
namespace {

using Names = std::vector<std::string>;

constexpr char kToday[] = "mapi_program_today";
constexpr char kInstanceSection[] = "8503020000000000c000000000000046";
constexpr char kServiceListSection[] = "9207f3e0a3b11019908b08002b2a56c2";

}  // namespace

TEST_CASE_METHOD(CleanAccount, "a call before MAPIInitialize is refused", "[standin]") {
  SteeredProgram program(kToday, 2);
  CHECK(contains(program.tell("profiles"), "MAPI_E_NOT_INITIALIZED"));
  CHECK(contains(program.tell("logon Report"), "MAPI_E_NOT_INITIALIZED"));
  program.tell("initialize");
  program.tell("initialize");
  program.tell("uninitialize");
  CHECK(contains(program.tell("profiles"), "empty"));
  program.tell("uninitialize");
  CHECK(contains(program.tell("profiles"), "MAPI_E_NOT_INITIALIZED"));
}

TEST_CASE_METHOD(CleanAccount, "a created profile has MAPI's layout in the registry", "[standin]") {
  SteeredProgram program(kToday, 2);
  program.tell("initialize");
  CHECK(contains(program.tell("create Report"), "S_OK"));
  CHECK(profiles() == Names{"Report"});
  const Names found = sections("Report");
  CHECK(found.size() == 3);
  CHECK(std::all_of(found.begin(), found.end(), [](const std::string& section) {
    return section.size() == 32 &&
           section.find_first_not_of("0123456789abcdef") == std::string::npos;
  }));
  CHECK(section_text("Report", kInstanceSection, "001f3d12") == "Report");    // PR_PROFILE_NAME
  CHECK(section_value("Report", kInstanceSection, "0102300b").size() == 16);  // PR_SEARCH_KEY
  const auto services = section_value("Report", kServiceListSection, "01023d0e");  // PR_SERVICES
  CHECK(services.size() == 16);
  const auto service = std::find_if(found.begin(), found.end(), [](const std::string& section) {
    return section != kInstanceSection && section != kServiceListSection;
  });
  REQUIRE(service != found.end());
  CHECK(section_value("Report", *service, "01023d0c") == services);   // PR_SERVICE_UID
  CHECK(section_text("Report", *service, "001f3d09") == "MSPST MS");  // PR_SERVICE_NAME
}

TEST_CASE_METHOD(CleanAccount, "a name that is taken cannot be created, whatever its case",
                 "[standin]") {
  SteeredProgram program(kToday, 2);
  program.tell("initialize");
  program.tell("create Report");
  CHECK(contains(program.tell("create Report"), "MAPI_E_NO_ACCESS"));
  CHECK(contains(program.tell("create REPORT"), "MAPI_E_NO_ACCESS"));
  CHECK(profiles() == Names{"Report"});
}

TEST_CASE_METHOD(CleanAccount, "a profile that is not there cannot be deleted or logged on to",
                 "[standin]") {
  SteeredProgram program(kToday, 2);
  program.tell("initialize");
  CHECK(contains(program.tell("delete Report"), "MAPI_E_NOT_FOUND"));
  CHECK(contains(program.tell("logon Report"), "MAPI_E_LOGON_FAILED"));
}

TEST_CASE_METHOD(CleanAccount, "a profile that nobody uses is deleted at once", "[standin]") {
  SteeredProgram program(kToday, 2);
  program.tell("initialize");
  program.tell("create Report");
  CHECK(contains(program.tell("delete Report"), "S_OK"));
  CHECK(profiles().empty());
  CHECK(marked_profiles().empty());
}

TEST_CASE_METHOD(CleanAccount, "deleting a profile in use sets it aside and keeps it usable",
                 "[standin]") {
  SteeredProgram program(kToday, 2);
  use_profile(program, true);
  CHECK(profiles().empty());
  CHECK(marked_profiles() == Names{"Report"});
  CHECK(contains(program.tell("read"), "PR_PROFILE_NAME \"Report\"; PR_COMMENT \"Monday\""));
  CHECK(contains(program.tell("write Tuesday"), "S_OK"));
  CHECK(contains(program.tell("read"), "PR_COMMENT \"Tuesday\""));
}

TEST_CASE_METHOD(CleanAccount, "the profile table hides a profile that is marked", "[standin]") {
  SteeredProgram program(kToday, 2);
  use_profile(program, false);
  CHECK(contains(program.tell("profiles"), "\"Report\""));
  program.tell("delete");
  CHECK(contains(program.tell("profiles"), "profile table: empty"));
}

TEST_CASE_METHOD(CleanAccount, "the logoff of the last user completes the deletion", "[standin]") {
  SteeredProgram program(kToday, 2);
  use_profile(program, true);
  CHECK(contains(program.tell("logoff"), "S_OK"));
  CHECK(marked_profiles().empty());
  CHECK(profiles().empty());
}

TEST_CASE_METHOD(CleanAccount, "a profile with a second user in the session outlives the first",
                 "[standin]") {
  SteeredProgram first(kToday, 2);
  use_profile(first, false);
  SteeredProgram second(kToday, 2);
  second.tell("initialize");
  REQUIRE(contains(second.tell("logon Report"), "S_OK"));
  first.tell("delete");
  first.tell("logoff");
  CHECK(marked_profiles() == Names{"Report"});
  CHECK(contains(second.tell("read"), "\"Monday\""));
  second.tell("logoff");
  CHECK(marked_profiles().empty());
}

TEST_CASE_METHOD(CleanAccount, "MAPI starting in the same session leaves a marked profile alone",
                 "[standin]") {
  SteeredProgram holder(kToday, 2);
  use_profile(holder, true);
  SteeredProgram neighbour(kToday, 2);
  neighbour.tell("initialize");
  CHECK(marked_profiles() == Names{"Report"});
  CHECK(contains(holder.tell("read"), "\"Monday\""));
}

TEST_CASE_METHOD(CleanAccount,
                 "MAPI starting in another session removes a marked profile in use: KB 818861",
                 "[standin][bug]") {
  SteeredProgram holder(kToday, 2);
  use_profile(holder, true);
  SteeredProgram stranger(kToday, 3);
  stranger.tell("initialize");
  CHECK(marked_profiles().empty());
  const std::string read = holder.tell("read");
  CHECK(contains(read, "MAPI_E_CALL_FAILED (0x80004005), Win32 1018 ERROR_KEY_DELETED"));
  CHECK(contains(holder.tell("write Tuesday"), "Win32 1018 ERROR_KEY_DELETED"));
}

TEST_CASE_METHOD(CleanAccount, "MAPI starting in another session leaves an unmarked profile alone",
                 "[standin]") {
  SteeredProgram holder(kToday, 2);
  use_profile(holder, false);
  SteeredProgram stranger(kToday, 3);
  stranger.tell("initialize");
  CHECK(profiles() == Names{"Report"});
  CHECK(contains(holder.tell("read"), "\"Monday\""));
}

TEST_CASE_METHOD(CleanAccount,
                 "a logon with the name of a marked profile in use removes that one: KB 303221",
                 "[standin][bug]") {
  SteeredProgram holder(kToday, 2);
  use_profile(holder, true);
  SteeredProgram namesake(kToday, 2);
  namesake.tell("initialize");
  REQUIRE(contains(namesake.tell("create Report"), "S_OK"));
  CHECK(contains(holder.tell("read"), "\"Monday\""));
  REQUIRE(contains(namesake.tell("logon Report"), "S_OK"));
  CHECK(contains(holder.tell("read"), "Win32 1018 ERROR_KEY_DELETED"));
  CHECK(contains(namesake.tell("read"), "PR_PROFILE_NAME \"Report\""));
}

TEST_CASE_METHOD(CleanAccount, "the mark of a killed program goes with the next start of MAPI",
                 "[standin]") {
  SteeredProgram holder(kToday, 2);
  use_profile(holder, true);
  holder.kill();
  CHECK(marked_profiles() == Names{"Report"});
  SteeredProgram neighbour(kToday, 2);
  neighbour.tell("initialize");
  CHECK(marked_profiles().empty());
}

}  // namespace scene
