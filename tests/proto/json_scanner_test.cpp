#include "proto/json_scanner.h"

#include "proto/json_reader.h"
#include "proto/limits.h"
#include "tests/support/catch.h"

using namespace profile_broker;
using namespace std::string_literals;

namespace {

bool is_json(std::string_view text) {
  JsonScanner json(text);
  json.skip();
  return json.succeeded();
}

template <typename T>
std::optional<T> value_of(std::string_view text) {
  JsonScanner json(text);
  T value{};
  read(json, value);
  return json.succeeded() ? std::optional(value) : std::nullopt;
}

struct Pair {
  std::string name;
  std::uint32_t number = 0;
  std::optional<bool> flag;
};

std::optional<Pair> pair_of(std::string_view text) {
  JsonScanner json(text);
  Pair pair;
  json.object(
      {needed("name", pair.name), needed("number", pair.number), possible("flag", pair.flag)});
  return json.succeeded() ? std::optional(pair) : std::nullopt;
}

}  // namespace

TEST_CASE("the scanner takes what the full reader takes for JSON, and nothing else") {
  const std::vector<std::string> texts = {"",
                                          " ",
                                          "null",
                                          "nul",
                                          "nulll",
                                          "true",
                                          "false",
                                          "truefalse",
                                          " [ ] ",
                                          "[",
                                          "]",
                                          "[1,]",
                                          "[1,2]",
                                          "[1 2]",
                                          "[,]",
                                          "{",
                                          "}",
                                          "{}",
                                          "{,}",
                                          R"({"a"})",
                                          R"({"a":})",
                                          R"({"a":1,})",
                                          R"({"a":1 , "b":[{}]})",
                                          R"({a:1})",
                                          R"({"a":1}x)",
                                          "0",
                                          "-0",
                                          "01",
                                          "-",
                                          "+1",
                                          "1.",
                                          ".5",
                                          "1.5",
                                          "1e5",
                                          "1E+5",
                                          "1e-5",
                                          "1e",
                                          "1e+",
                                          "1.e5",
                                          "-1.25e2",
                                          "--1",
                                          "0x1",
                                          "NaN",
                                          "1 1",
                                          R"("")",
                                          R"("a)",
                                          R"(")",
                                          R"("\")",
                                          R"("\q")",
                                          R"("\u12")",
                                          R"("\u12G4")",
                                          R"("\u0000")",
                                          R"("\ud83d\ude00")",
                                          R"("\ud83d")",
                                          R"("\ud83dx")",
                                          R"("\ud83d\u0041")",
                                          R"("\ude00")",
                                          "\"\x1f\"",
                                          "\"\x7f\"",
                                          "\"\n\"",
                                          "\"\xc3\xa4\"",
                                          "\"\xc3\"",
                                          "\"\xc0\x80\"",
                                          "\"\xed\xa0\x80\"",
                                          "\"\xf4\x90\x80\x80\"",
                                          "\"\xf0\x9f\x98\x80\"",
                                          "\"\xff\"",
                                          "'a'",
                                          "[1]\0"s,
                                          "\0"s,
                                          "[\0]"s,
                                          "/**/1",
                                          "\xef\xbb\xbf{",
                                          "\x0b"
                                          "1"};
  for (const auto& text : texts) {
    CAPTURE(text);
    CHECK(is_json(text) == std::holds_alternative<Json>(read_json(text)));
  }
}

TEST_CASE("the scanner goes as deep as the full reader") {
  for (int depth = kMaxJsonDepth - 1; depth <= kMaxJsonDepth + 1; ++depth) {
    const auto levels = static_cast<std::size_t>(depth);
    const auto text = std::string(levels, '[') + std::string(levels, ']');
    CHECK(is_json(text) == (depth <= kMaxJsonDepth));
    CHECK(is_json(text) == std::holds_alternative<Json>(read_json(text)));
  }
  CHECK_FALSE(is_json(std::string(1'000'000, '[')));
}

TEST_CASE("the scanner reads strings as they are meant") {
  for (const auto* text : {R"("")", R"("plain, and longer than eight bytes")",
                           R"("\"\\\/\b\f\n\r\t")", R"("\u00e4\u20AC")", R"("\ud83d\ude00 behind")",
                           "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\x7f\""}) {
    CAPTURE(text);
    CHECK(value_of<std::string>(text) == Json::parse(text).get<std::string>());
  }
  CHECK(value_of<std::string>(R"("a\u0000b")") == "a\0b"s);
}

TEST_CASE("a whole number is one that is written as one and fits") {
  CHECK(value_of<std::uint32_t>("4294967295") == 4'294'967'295U);
  CHECK(value_of<std::uint64_t>("18446744073709551615") == UINT64_MAX);
  for (const auto* text : {"4294967296", "-1", "1.0", "1e0", "\"1\"", "true", "null", ""}) {
    CAPTURE(text);
    CHECK_FALSE(value_of<std::uint32_t>(text));
  }
  CHECK_FALSE(value_of<std::uint64_t>("18446744073709551616"));
}

TEST_CASE("a decimal number is read as the full reader reads it") {
  for (const auto* text : {"0", "-0.5", "12.345", "86400.001", "3155760000.123", "1e3", "2.5E-3",
                           "123456789012345", "0.000001"}) {
    CAPTURE(text);
    CHECK(value_of<double>(text) == Json::parse(text).get<double>());
  }
  CHECK(value_of<double>("1e-99999999999999999999") == 0.0);
  CHECK_FALSE(value_of<double>("\"1\""));
}

TEST_CASE("members come in any order, and those that nobody asked for are skipped") {
  const auto pair = pair_of(
      R"( {"other":{"name":[1,{"number":"x"}]}, "number":7, "flag":true, "n\u0061me":"\u0041"} )");
  REQUIRE(pair);
  CHECK(pair->name == "A");
  CHECK(pair->number == 7);
  CHECK(pair->flag == true);
  CHECK(pair_of(R"({"name":"","number":0,"flag":null})")->flag == std::nullopt);
  CHECK(pair_of(R"({"name":"","number":0})"));
}

TEST_CASE("a needed member that is missing, one that stands twice and one of another type end it") {
  for (const auto* text : {"{}", R"({"name":""})", R"({"name":"","number":1,"number":1})",
                           R"({"name":"","number":1,"\u006eame":""})", R"({"name":7,"number":1})",
                           R"({"name":"","number":1,"flag":"x"})", R"(["name","number"])", "null",
                           R"({"name":"","number":1,"other":})", R"({"name":"","number":1}})"}) {
    CAPTURE(text);
    CHECK_FALSE(pair_of(text));
  }
}
