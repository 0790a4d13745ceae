#include "proto/json_writer.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "proto/json_reader.h"
#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

template <typename T>
std::string written(const T& value) {
  TextBuffer text;
  JsonWriter(text).value(value);
  return std::string(text.view());
}

std::string dumped(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace

TEST_CASE("Every single byte, alone and between others, is written as the library writes it") {
  for (int byte = 0; byte < 256; ++byte) {
    for (const auto& text : {std::string(1, static_cast<char>(byte)),
                             "a" + std::string(1, static_cast<char>(byte)) + "b"}) {
      CHECK(written(text) == dumped(text));
    }
  }
  CHECK(written(std::string("Größe \xF0\x9F\x93\xAC")) == dumped("Größe \xF0\x9F\x93\xAC"));
}

TEST_CASE("A byte that needs an escape is found wherever it stands") {
  for (std::size_t length = 1; length <= 40; ++length) {
    const std::string plain(length, 'p');
    CHECK(written(plain) == '"' + plain + '"');
    for (std::size_t at = 0; at < length; ++at) {
      for (const char odd : {'"', '\\', '\n', '\x7F', '\xC3'}) {
        auto text = plain;
        text[at] = odd;
        CHECK(written(text) == dumped(text));
      }
    }
  }
}

TEST_CASE("What was in the buffer before stays before what is written, however much that is") {
  TextBuffer text;
  text.append("before ");
  const std::string much(5'000, 'm');
  {
    JsonWriter json(text);
    json.begin_array();
    for (int i = 0; i < 10; ++i) {
      json.element().value(much);
    }
    json.end_array();
  }
  const OrderedJson list(std::vector<std::string>(10, much));
  CHECK(text.view() == "before " + dumped(list));
}

TEST_CASE("Pieces stand one behind the other, wherever the room ends and whichever needs escapes") {
  const Uuid uuid = *uuid_from_text("6f9619ff-8b86-d011-b42d-00c04fc964ff");
  const WallTime time(std::chrono::milliseconds(1'709'210'096'789));
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const auto& text : {std::string("plain"), std::string(), std::string(20, '"')}) {
    const auto expected = R"({"a":)" + dumped(text) +
                          R"(,"b":"6f9619ff-8b86-d011-b42d-00c04fc964ff","c":)"
                          R"("2024-02-29T12:34:56.789Z","d":[true,-9223372036854775808,)" +
                          dumped(text) + R"(,18446744073709551615,false,{}]})";
    for (std::size_t before = 0; before <= 1'024; ++before) {
      TextBuffer out;
      out.append(std::string(before, '-'));
      JsonWriter(out).write(R"({"a":)", text, R"(,"b":)", uuid, R"(,"c":)", time, R"(,"d":[)", true,
                            ",", least, ",", text, ",", most, ",", false, ",", JsonText{"{}"},
                            "]}");
      REQUIRE(out.view().substr(before) == expected);
      REQUIRE(out.view().substr(0, before) == std::string(before, '-'));
    }
  }
}

TEST_CASE("What is appended to the buffer after the writer has gone stays there") {
  TextBuffer text;
  JsonWriter(text).value(1);
  text.append("\n");
  CHECK(text.view() == "1\n");
}

TEST_CASE("Numbers and truth values are written as the library writes them") {
  CHECK(written(std::numeric_limits<std::uint64_t>::max()) ==
        dumped(std::numeric_limits<std::uint64_t>::max()));
  CHECK(written(std::numeric_limits<std::int64_t>::min()) ==
        dumped(std::numeric_limits<std::int64_t>::min()));
  CHECK(written(0U) == "0");
  CHECK(written(true) == "true");
  CHECK(written(false) == "false");
}

TEST_CASE("Commas stand between members and elements and nowhere else") {
  TextBuffer text;
  {
    JsonWriter json(text);
    json.begin_object()
        .key("empty")
        .begin_object()
        .end_object()
        .member("a", 1)
        .key("list")
        .begin_array();
    json.element()
        .value("x")
        .element()
        .begin_object()
        .member("b", true)
        .end_object()
        .element()
        .null();
    json.end_array().key("none").begin_array().end_array().member("last", "z").end_object();
  }
  CHECK(text.view() == R"({"empty":{},"a":1,"list":["x",{"b":true},null],"none":[],"last":"z"})");
}
