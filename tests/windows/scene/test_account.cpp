#include "tests/windows/scene/test_account.h"

#include "tests/support/catch.h"
#include "tests/windows/scene/profile_registry.h"

namespace scene {

CleanAccount::CleanAccount() {
  clear_profiles();
}
CleanAccount::~CleanAccount() {
  clear_profiles();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void use_profile(SteeredProgram& program, bool deleted) {
  program.tell("initialize");
  REQUIRE(contains(program.tell("create Report"), "S_OK"));
  REQUIRE(contains(program.tell("logon Report"), "MAPILogonEx \"Report\" S_OK"));
  REQUIRE(contains(program.tell("write Monday"), "S_OK"));
  if (deleted) {
    REQUIRE(contains(program.tell("delete"), "S_OK"));
  }
}

bool reads(SteeredProgram& program, const std::string& text) {
  return contains(program.tell("read"), "PR_PROFILE_NAME \"Report\"; PR_COMMENT \"" + text + "\"");
}

}  // namespace scene
