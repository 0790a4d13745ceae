#include "proto/uuid.h"

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

TEST_CASE("random bytes become a version 4 UUID") {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(0xFF);
  CHECK(uuid_from_random(bytes) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  bytes.fill(0x00);
  CHECK(uuid_from_random(bytes) == "00000000-0000-4000-8000-000000000000");
}
