#include "proto/plain_text.h"

#include <string>

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
