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

TEST_CASE("each day of four centuries, and each part of it, is written as it is read") {
  using namespace std::chrono;
  for (sys_days day = 1600y / January / 1; day <= sys_days(2000y / March / 1); day += days(1)) {
    const auto time = day + hours(day.time_since_epoch().count() & 15) + minutes(7);
    REQUIRE(timestamp_from_text(timestamp_text(time)) == time);
  }
  for (milliseconds ms{0}; ms < days(1); ms += milliseconds(997)) {
    const auto time = sys_days(2026y / January / 31) + ms;
    REQUIRE(timestamp_from_text(timestamp_text(time)) == time);
  }
  CHECK(timestamp_text(sys_days(9999y / December / 31) + days(1) - milliseconds(1)) ==
        "9999-12-31T23:59:59.999Z");
  CHECK(timestamp_text(sys_days(year(0) / January / 1)) == "0000-01-01T00:00:00.000Z");
  CHECK(timestamp_text(sys_days(1600y / December / 31) + milliseconds(1)) ==
        "1600-12-31T00:00:00.001Z");
}

TEST_CASE("a year that has no four digits is written with its last four") {
  using namespace std::chrono;
  CHECK(timestamp_text(sys_days(12'345y / July / 6)) == "2345-07-06T00:00:00.000Z");
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
