// The profiles of this account as they lie in the registry, read without MAPI: what tests assert
// and demos show.
#pragma once

#include <string>
#include <vector>

namespace scene {

// Leaves the account without profiles and marks, as a test finds it and leaves it.
void clear_profiles();

// Names below "Profiles", and below "Deleted Profiles".
std::vector<std::string> profiles();
std::vector<std::string> marked_profiles();

// Names of the subkeys of a profile: its sections.
std::vector<std::string> sections(const std::string& profile);

// The bytes of a value of a profile's section; empty when there is none.
std::vector<unsigned char> section_value(const std::string& profile, const std::string& section,
                                         const std::string& value);

// The same as text: UTF-16 in the registry, ASCII in these tests.
std::string section_text(const std::string& profile, const std::string& section,
                         const std::string& value);

}  // namespace scene
