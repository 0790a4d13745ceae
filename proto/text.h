// UTF-8 to UTF-16 and back, strictly: what is not well-formed has no value. Profile names are
// UTF-16 in the registry and UTF-8 on the wire, so a name with an unpaired surrogate has no wire
// form.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace profile_broker {

std::optional<std::u16string> utf16_from_utf8(std::string_view text);
std::optional<std::string> utf8_from_utf16(std::u16string_view text);

// The bytes of the character that the text begins with; 0 when it begins with no well-formed one.
std::size_t character_bytes(std::string_view text);
// character: no surrogate, at most U+10FFFF.
void append_utf8(std::string& out, char32_t character);

// Unicode characters in well-formed UTF-8.
std::size_t count_characters(std::string_view utf8);

}  // namespace profile_broker
