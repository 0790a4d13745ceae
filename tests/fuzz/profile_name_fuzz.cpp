// Fuzzes profile names (proto/profile_name.h, upper_case.h, text.h). The input is two names, a line
// each. Demanded: a name is accepted or refused with words; what is accepted keeps its spelling and
// to the rules; folding is the same for either spelling of a name, changes no length, and a folded
// name folds to itself; sameness is an equivalence; UTF-8 and UTF-16 go back and forth without
// loss.
#include <algorithm>
#include <cstdint>
#include <string>

#include "proto/limits.h"
#include "proto/profile_name.h"
#include "proto/text.h"
#include "proto/upper_case.h"
#include "tests/fuzz/require.h"

namespace profile_broker::fuzz {
namespace {

std::u16string upper(std::u16string units) {
  std::transform(units.begin(), units.end(), units.begin(), ordinal_upper);
  return units;
}

std::optional<ProfileName> one_name(std::string_view text) {
  const auto units = utf16_from_utf8(text);
  auto parsed = ProfileName::parse(text);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    require(!refusal->text.empty(), "a name is refused without words");
    require(refusal->reason == Reason::bad_name || refusal->reason == Reason::name_too_long,
            "a name is refused for a reason that is none of a name's");
    return std::nullopt;
  }
  auto name = std::get<ProfileName>(std::move(parsed));
  require(units.has_value(), "a name that is not well-formed was accepted");
  require(name.shown() == text, "a name lost its spelling");
  require(!units->empty() && units->size() <= kMaxProfileNameUnits, "a name of a wrong length");
  require(units->front() != u' ' && units->back() != u' ', "a name with a space at an end");
  for (const char16_t unit : *units) {
    require(unit >= 0x20 && (unit < 0x7F || unit > 0x9F) && unit != u'\\',
            "a name with a character that the registry does not take");
  }
  require(utf8_from_utf16(*units) == std::string(text), "UTF-16 does not lead back to UTF-8");
  require(count_characters(text) <= units->size(), "more characters than UTF-16 units");

  const auto folded_units = utf16_from_utf8(name.folded());
  require(folded_units == upper(*units), "the folded name is not the upper-cased name");
  require(upper(*folded_units) == *folded_units, "upper-casing twice is not upper-casing once");
  const auto again = ProfileName::parse(name.folded());
  require(std::holds_alternative<ProfileName>(again), "a folded name is no name");
  require(std::get<ProfileName>(again).folded() == name.folded(), "a folded name folds to another");
  return name;
}

void one_pair(std::string_view text) {
  const auto line_end = text.find('\n');
  const auto first = one_name(text.substr(0, line_end));
  const auto second =
      line_end == std::string_view::npos ? std::nullopt : one_name(text.substr(line_end + 1));
  if (first && second) {
    const auto a = *utf16_from_utf8(first->shown());
    const auto b = *utf16_from_utf8(second->shown());
    require((first->folded() == second->folded()) == (upper(a) == upper(b)),
            "two names are the same by one rule and not by the other");
  }
}

}  // namespace
}  // namespace profile_broker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  profile_broker::fuzz::one_pair({reinterpret_cast<const char*>(data), size});
  return 0;
}
