#include "proto/uuid.h"

#include <optional>
#include <random>
#include <string>

#include "proto/uuid_by_words.h"
#include "tests/support/catch.h"

using namespace profile_broker;

TEST_CASE("a UUID is one in either case, and is kept in lower case") {
  CHECK(canonical_uuid("6F9619FF-8B86-D011-B42D-00C04FC964FF") ==
        "6f9619ff-8b86-d011-b42d-00c04fc964ff");
  for (const auto* text :
       {"", "6F9619FF8B86D011B42D00C04FC964FF", "{6F9619FF-8B86-D011-B42D-00C04FC964FF}",
        "6F9619FF-8B86-D011-B42D-00C04FC964FG", "6F9619FF-8B86-D011-B42D-00C04FC964F",
        "6F9619FF-8B86-D011-B42D000C04FC964FF"}) {
    CAPTURE(text);
    CHECK_FALSE(canonical_uuid(text));
  }
}

TEST_CASE("any byte at any place of a UUID is taken for what it is") {
  const std::string good = "01234567-89ab-cdef-fedc-ba9876543210";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const bool digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
                         (byte >= 'A' && byte <= 'F');
      std::string canonical = text;
      canonical[at] = static_cast<char>(byte >= 'A' && byte <= 'F' ? byte + 'a' - 'A' : byte);
      CAPTURE(text);
      REQUIRE(canonical_uuid(text) ==
              ((good[at] == '-' ? byte == '-' : digit) ? std::optional(canonical) : std::nullopt));
    }
  }
}

TEST_CASE("the bytes of a UUID stand in the order of its digits") {
  const auto uuid = uuid_from_text("00010203-0405-0607-0809-0a0b0c0d0e0f");
  REQUIRE(uuid);
  for (std::size_t i = 0; i < uuid->bytes.size(); ++i) {
    CHECK(uuid->bytes[i] == i);
  }
}

TEST_CASE("a processor's own way to read and write UUIDs is no other than the portable one") {
  std::mt19937 random(1);
  const auto one_of = [&](std::string_view bytes) { return bytes[random() % bytes.size()]; };
  const std::string every_byte = [] {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) {
      bytes += static_cast<char>(byte);
    }
    return bytes;
  }();
  unsigned read = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text = "01234567-89ab-cdef-fedc-ba9876543210";
    for (auto& c : text) {
      c = c == '-' ? c : one_of("0123456789abcdefABCDEF");
    }
    for (auto odd = random() % 3; odd > 0; --odd) {
      text[random() % text.size()] =
          one_of(odd == 1 ? every_byte : "-/0:9@AFG`afg\x7F\x80\xB0\xFF");
    }
    CAPTURE(text);
    Uuid one;
    Uuid other;
    REQUIRE(read_uuid(text.data(), one) == read_uuid_by_words(text.data(), other));
    if (!read_uuid(text.data(), one)) {
      continue;
    }
    ++read;
    REQUIRE(one == other);
    std::string written(kUuidCharacters + 1, '#');
    std::string by_words = written;
    put_text_of(written.data(), one);
    put_text_by_words(by_words.data(), one);
    REQUIRE(written == by_words);
  }
  CHECK(read > 30'000);
}

TEST_CASE("random bytes become a version 4 UUID") {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(0xFF);
  CHECK(text_of(uuid_from_random(bytes)) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  bytes.fill(0x00);
  CHECK(text_of(uuid_from_random(bytes)) == "00000000-0000-4000-8000-000000000000");
}
