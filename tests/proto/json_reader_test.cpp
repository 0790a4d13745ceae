#include "proto/json_reader.h"

#include "proto/limits.h"
#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

Reason refused(std::string_view text) {
  const auto read = read_json(text);
  REQUIRE(std::holds_alternative<Refusal>(read));
  return std::get<Refusal>(read).reason;
}

}  // namespace

TEST_CASE("JSON is read into the same document that its text describes") {
  const auto text = R"({"a":[1,-2,3.5,true,null,"x"],"b":{"c":{}},"d":"\u00e4\n"})";
  const auto read = read_json(text);
  REQUIRE(std::holds_alternative<Json>(read));
  CHECK(std::get<Json>(read) == Json::parse(text));
}

TEST_CASE("what is not JSON in UTF-8 is a parse error") {
  for (const auto* text : {"", "{", "nope", "{}x", "{\"a\":}", "[1,]", "\"\xff\"", "\"\xc0\x80\"",
                           "\"\xed\xa0\x80\"", "\"\\ud800\"", "'a'", "{a:1}", "01", "\"a\nb\""}) {
    CAPTURE(text);
    CHECK(refused(text) == Reason::parse_error);
  }
}

TEST_CASE("a zero byte ends nothing: what stands behind it counts") {
  using namespace std::string_view_literals;
  for (const auto text : {"{}\0"sv, "{}\0{}"sv, "\0"sv, "{\0}"sv, "\"\0\""sv}) {
    CHECK(std::get<Refusal>(read_json(text)).reason == Reason::parse_error);
  }
  CHECK(std::holds_alternative<Json>(read_json(R"("\u0000")")));
}

TEST_CASE("a member that stands twice is refused, also deep inside, also spelled with escapes") {
  CHECK(refused(R"({"a":1,"a":2})") == Reason::invalid_request);
  CHECK(refused(R"({"x":[{"b":1,"b":1}]})") == Reason::invalid_request);
  CHECK(refused(R"({"a":1,"\u0061":2})") == Reason::invalid_request);
  CHECK(std::holds_alternative<Json>(read_json(R"([{"a":1},{"a":2}])")));
}

TEST_CASE("nesting is bounded") {
  const auto nested = [](int levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  CHECK(std::holds_alternative<Json>(read_json(nested(kMaxJsonDepth))));
  CHECK(refused(nested(kMaxJsonDepth + 1)) == Reason::invalid_request);
  CHECK(refused(std::string(60'000, '[')) == Reason::invalid_request);
}
