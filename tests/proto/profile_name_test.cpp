#include "proto/profile_name.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "proto/limits.h"
#include "proto/upper_case.h"
#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

ProfileName name(std::string_view text) {
  auto parsed = ProfileName::parse(text);
  REQUIRE(std::holds_alternative<ProfileName>(parsed));
  return std::get<ProfileName>(std::move(parsed));
}

Reason refused(std::string_view text) {
  const auto parsed = ProfileName::parse(text);
  REQUIRE(std::holds_alternative<Refusal>(parsed));
  return std::get<Refusal>(parsed).reason;
}

}  // namespace

TEST_CASE("names that differ in case alone are one profile, shown as spelled") {
  CHECK(name("Sales Ä").folded() == name("sALES ä").folded());
  CHECK(name("sALES").shown() == "sALES");
  CHECK(name("\xD1\x81\xD0\xBA").folded() == name("\xD0\xA1\xD0\x9A").folded());  // Cyrillic
  CHECK(name("a").folded() != name("b").folded());
  CHECK(name("Sales Ä").is_same_as(name("sALES ä")));
  CHECK(name("Gateway 7").is_same_as(name("gATEWAY 7")));
  CHECK_FALSE(name("Gateway 7").is_same_as(name("Gateway 8")));
  CHECK_FALSE(name("Sales Ä").is_same_as(name("Sales A")));
}

TEST_CASE("upper-casing is ordinal: no locale, no expansion, no one-way mappings") {
  CHECK(ordinal_upper(u'i') == u'I');
  CHECK(ordinal_upper(0x0131) == 0x0131);  // dotless i stays
  CHECK(ordinal_upper(0x00DF) == 0x00DF);  // sharp s stays
  CHECK(ordinal_upper(0x017F) == 0x017F);  // long s stays
  CHECK(ordinal_upper(0x00FF) == 0x0178);
  CHECK(ordinal_upper(0x1E9E) == 0x1E9E);
  CHECK(ordinal_upper(0xFF41) == 0xFF21);  // full-width a
  CHECK(ordinal_upper(0xD83D) == 0xD83D);  // surrogates stay
}

TEST_CASE("upper-casing twice is upper-casing once, for all of the BMP") {
  for (unsigned unit = 0; unit <= 0xFFFF; ++unit) {
    const auto upper = ordinal_upper(static_cast<char16_t>(unit));
    if (ordinal_upper(upper) != upper) {
      FAIL("unit " << unit);
    }
  }
}

TEST_CASE("64 UTF-16 units are a name, 65 are not; characters outside the BMP count twice") {
  CHECK(name(std::string(64, 'x')).shown().size() == 64);
  CHECK(refused(std::string(65, 'x')) == Reason::name_too_long);
  std::string emoji;
  for (int i = 0; i < 32; ++i) {
    emoji += "\xF0\x9F\x93\xAC";
  }
  CHECK(name(emoji).shown() == emoji);
  CHECK(refused(emoji + "x") == Reason::name_too_long);
  CHECK(refused(std::string(5000, 'x')) == Reason::name_too_long);
}

TEST_CASE("what the registry or MAPI cannot take is no name") {
  for (const auto* text :
       {"", " a", "a ", " ", "a\\b", "\\", "a\tb", "a\x01", "\x7f", "\xC2\x85", "\xff", "a\xc3"}) {
    CAPTURE(text);
    CHECK(refused(text) == Reason::bad_name);
  }
  CHECK(refused(std::string_view("a\0b", 3)) == Reason::bad_name);
}

TEST_CASE("inner spaces, dots and slashes are part of a name") {
  CHECK(name("a b").shown() == "a b");
  CHECK(name("MSExchangeIMC a/b.c").shown() == "MSExchangeIMC a/b.c");
}

TEST_CASE("a copy of a name is a name of its own, plain or not") {
  for (const auto* text : {"Gateway 7", "Sales \xC3\x84", "\xF0\x9F\x93\xAC"}) {
    std::optional<ProfileName> original = name(text);
    const ProfileName copy = *original;
    ProfileName assigned = name("Other \xC3\x96");
    assigned = *original;
    ProfileName moved = name("Other");
    moved = std::move(*original);
    original.reset();
    for (const ProfileName& one :
         std::vector<std::reference_wrapper<const ProfileName>>{copy, assigned, moved}) {
      CHECK(one.shown() == text);
      CHECK(one.folded() == name(text).folded());
      CHECK(one.folded_if_odd() == name(text).folded_if_odd());
    }
    assigned = name("Gateway 8");
    CHECK(assigned.folded() == "GATEWAY 8");
    CHECK(copy.is_same_as(moved));
  }
}
