// What the tests of the scene share: an account without profiles, and the dynamic profile "Report"
// in use.
#pragma once

#include <string>

#include "tests/windows/scene/steered_program.h"

namespace scene {

constexpr char kProfile[] = "Report";

// A test fixture: the account has no profiles and no marks before the test and after it.
class CleanAccount {
 public:
  CleanAccount();
  ~CleanAccount();
  CleanAccount(const CleanAccount&) = delete;
  CleanAccount& operator=(const CleanAccount&) = delete;
};

bool contains(const std::string& text, const std::string& part);

// Initialises MAPI, creates the profile, logs on and writes "Monday" into it; with deleted, deletes
// it at once, as programs with a dynamic profile do. Fails the test when a step fails.
void use_profile(SteeredProgram& program, bool deleted);

// Whether the program reads the profile with that text in it.
bool reads(SteeredProgram& program, const std::string& text);

}  // namespace scene
