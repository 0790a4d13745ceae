#include "proto/timestamp.h"

#include "tests/support/catch.h"

using namespace profile_broker;

TEST_CASE("times are RFC 3339 in UTC with milliseconds, and come back") {
  const WallTime epoch{};
  CHECK(timestamp_text(epoch) == "1970-01-01T00:00:00.000Z");
  const WallTime leap_day = epoch + std::chrono::milliseconds(1'709'210'096'789);
  CHECK(timestamp_text(leap_day) == "2024-02-29T12:34:56.789Z");
  CHECK(timestamp_from_text("2024-02-29T12:34:56.789Z") == leap_day);
}

TEST_CASE("what is no such time has no value") {
  for (const auto* text :
       {"", "2024-02-29", "2023-02-29T00:00:00.000Z", "2024-13-01T00:00:00.000Z",
        "2024-01-01T24:00:00.000Z", "2024-01-01T00:60:00.000Z", "2024-01-01T00:00:00.000+",
        "2024-01-01 00:00:00.000Z", "x024-01-01T00:00:00.000Z"}) {
    CAPTURE(text);
    CHECK_FALSE(timestamp_from_text(text));
  }
}
