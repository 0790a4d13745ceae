#include "proto/plain_text.h"

#include <algorithm>
#include <string>

#include "proto/plain_text_by_words.h"
#include "tests/support/catch.h"

using namespace profile_broker;

TEST_CASE(
    "a byte that is not plain ends the plain beginning wherever it stands, and no other does") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (std::size_t at = 0; at < 24; ++at) {
      for (const char neighbour : {' ', '~', '!', 'a', '#', '['}) {
        std::string text(24, neighbour);
        text[at] = c;
        INFO("byte " << byte << " at " << at << " among " << neighbour);
        REQUIRE(plain_prefix(text) == (is_plain(c) ? text.size() : at));
      }
    }
  }
}

TEST_CASE("what is plain is what JSON takes unescaped and ASCII prints") {
  for (int byte = 0; byte < 256; ++byte) {
    CHECK(is_plain(static_cast<char>(byte)) ==
          (byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\'));
  }
}

TEST_CASE(
    "ASCII is put in upper case byte by byte, and what is not ASCII is seen wherever it stands") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (const std::size_t size : {1U, 7U, 8U, 9U, 19U}) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'z');
        std::string expected(size, 'Z');
        text[at] = c;
        expected[at] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        std::string upper(size + 1, '#');
        INFO("byte " << byte << " at " << at << " of " << size);
        REQUIRE(upper_ascii(text, upper.data()) == (byte < 0x80));
        REQUIRE((byte >= 0x80 || upper == expected + '#'));
      }
    }
  }
}

TEST_CASE("a copy says whether its text is plain, wherever the odd byte stands, and ends with it") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (const std::size_t size : {1U, 7U, 8U, 15U, 16U, 17U, 32U, 33U, 50U}) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, at % 2 == 0 ? ' ' : '~');
        text[at] = c;
        INFO("byte " << byte << " at " << at << " of " << size);
        for (const auto copy : {copy_plain, copy_plain_by_words}) {
          std::string to(size + 1, '#');
          REQUIRE(copy(to.data(), text) == is_plain(c));
          REQUIRE((!is_plain(c) || to == text + '#'));
          REQUIRE(to.back() == '#');
        }
      }
    }
  }
}

TEST_CASE("the first quote is found wherever it stands, whatever is around it") {
  for (std::size_t size = 0; size <= 50; ++size) {
    const std::string none(size, '!');
    REQUIRE(before_quote(none) == size);
    REQUIRE(before_quote_by_words(none) == size);
    for (std::size_t at = 0; at < size; ++at) {
      for (const char other : {'!', '#', '\\', '\0', '\xA2', '\xFF'}) {
        std::string text(size, other);
        text[at] = '"';
        std::fill(text.begin() + static_cast<std::ptrdiff_t>(std::min(size, at + 3)), text.end(),
                  '"');
        INFO("at " << at << " of " << size);
        REQUIRE(before_quote(text) == at);
        REQUIRE(before_quote_by_words(text) == at);
        text += '"';  // which is not the text's any more
        REQUIRE(before_quote(std::string_view(text).substr(0, at)) == at);
      }
    }
  }
}
