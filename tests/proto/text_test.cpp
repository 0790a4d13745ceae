#include "proto/text.h"

#include "tests/support/catch.h"

using namespace profile_broker;

TEST_CASE("every Unicode character goes to UTF-16 and back") {
  for (char32_t c = 0; c <= 0x10FFFF; c += (c < 0x3000 ? 1 : 97)) {
    if (c >= 0xD800 && c <= 0xDFFF) {
      continue;
    }
    std::u16string units;
    if (c < 0x10000) {
      units.push_back(static_cast<char16_t>(c));
    } else {
      units.push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF)));
    }
    const auto utf8 = utf8_from_utf16(units);
    REQUIRE(utf8);
    REQUIRE(utf16_from_utf8(*utf8) == units);
    REQUIRE(count_characters(*utf8) == 1);
  }
}

TEST_CASE("ill-formed UTF-8 has no UTF-16") {
  for (const auto* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82",
        "\xF0\x9F\x93", "\xC3\x28", "\xFF"}) {
    CHECK_FALSE(utf16_from_utf8(text));
  }
}

TEST_CASE("unpaired surrogates have no UTF-8") {
  CHECK_FALSE(utf8_from_utf16(std::u16string(1, 0xD800)));
  CHECK_FALSE(utf8_from_utf16(std::u16string(1, 0xDC00)));
  CHECK_FALSE(utf8_from_utf16(std::u16string{0xDC00, 0xD800}));
  CHECK_FALSE(utf8_from_utf16(std::u16string{0xD800, u'a'}));
}
