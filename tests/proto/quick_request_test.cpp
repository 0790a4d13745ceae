#include "proto/quick_request.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

// What the readers for everything make of it.
std::optional<std::pair<RequestId, Call>> read_fully(std::string_view content) {
  auto read = read_request(content);
  const auto* request = std::get_if<Request>(&read);
  if (!request || !request->id) {
    return std::nullopt;
  }
  auto call = read_call(request->method, request->params);
  const auto* good = std::get_if<Call>(&call);
  return good ? std::optional(std::pair(*request->id, *good)) : std::nullopt;
}

void check_like_the_full_reader(std::string_view content) {
  INFO(content);
  const auto quick = read_quickly(content);
  REQUIRE(quick);
  const auto full = read_fully(content);
  REQUIRE(full);
  CHECK(quick->id == full->first.json);
  CHECK(method_of(quick->call) == method_of(full->second));
  CHECK(params_of(quick->call) == params_of(full->second));
}

// What is read quickly is what the full reader says; whether it is, is said by whoever asks.
void check_not_unlike_the_full_reader(std::string_view content) {
  const auto quick = read_quickly(content);
  if (!quick) {
    return;
  }
  INFO(content);
  const auto full = read_fully(content);
  REQUIRE(full);
  REQUIRE(quick->id == full->first.json);
  REQUIRE(method_of(quick->call) == method_of(full->second));
  REQUIRE(params_of(quick->call) == params_of(full->second));
}

const std::string kUuid = "6F9619FF-8b86-d011-b42d-00c04fc964ff";

// As nearly every client writes them.
const std::vector<std::string> kUsual = {
    R"({"jsonrpc":"2.0","id":7,"method":"reference/acquire","params":{"profile":"Gateway profile of mailbox 000000001","reference":")" +
        kUuid + R"("}})",
    R"({"jsonrpc":"2.0","id":0,"method":"reference/acquire","params":{"profile":"x"}})",
    R"({"jsonrpc":"2.0","id":12345678,"method":"reference/acquire","params":{"profile":"x","temporary":true}})",
    R"({"jsonrpc":"2.0","id":"a","method":"reference/acquire","params":{"profile":"Gateway 7F3A","reference":")" +
        kUuid + R"(","temporary":true,"label":"queue 3"}})",
    R"({"jsonrpc":"2.0","id":8,"method":"reference/acquire","params":{"profile":"x","label":""}})",
    R"({"jsonrpc":"2.0","id":9,"method":"reference/release","params":{"reference":")" + kUuid +
        R"("}})",
    R"({"jsonrpc":"2.0","id":10,"method":"profile/query","params":{"profile":"0123456789abcdef"}})"};

// With a blank where other programs write one: behind each colon and comma.
std::string spaced(std::string text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ':' || text[at] == ',') {
      text.insert(at + 1, 1, ' ');
    }
  }
  return text;
}

}  // namespace

TEST_CASE("What nearly every client sends is read quickly, with blanks and in another order, too") {
  for (const auto& content : kUsual) {
    check_like_the_full_reader(content);
    check_like_the_full_reader(spaced(content));
    check_like_the_full_reader(content + " \r\n");
    const auto method = content.find(R"("method")");
    const auto params = content.find(R"("params")");
    check_like_the_full_reader("{" + content.substr(params, content.size() - params - 1) + "," +
                               content.substr(method, params - method) +
                               content.substr(1, method - 2) + "}");
  }
  for (const std::size_t size : {1U, 7U, 8U, 15U, 16U, 17U, 31U, 32U, 63U, 64U}) {
    const std::string of_size =
        R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":")" +
        std::string(size, 'n') + R"("}})";
    check_like_the_full_reader(of_size);
    check_like_the_full_reader(spaced(of_size));
  }
}

TEST_CASE(
    "what is a byte away from what nearly every client sends is never read as something else") {
  static constexpr char kBytes[] = "\0\t \"\\,:{}[]0189-+.aAeEgGtx~\x7F\x80\xC3\xFF";
  const std::string_view bytes(kBytes, sizeof kBytes - 1);
  for (const auto& usual : kUsual) {
    for (std::size_t at = 0; at < usual.size(); ++at) {
      check_not_unlike_the_full_reader(std::string(usual).erase(at, 1));
      for (const char byte : bytes) {
        std::string changed = usual;
        changed[at] = byte;
        check_not_unlike_the_full_reader(changed);
        check_not_unlike_the_full_reader(std::string(usual).insert(at, 1, byte));
      }
    }
  }
}

TEST_CASE(
    "Hello, acquire, release, query and sweep are read quickly as the full reader reads them") {
  const std::vector<std::string> plain = {
      R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"profile":"Gateway 7F3A"}})" +
          std::string(),
      R"({"jsonrpc":"2.0","id":0,"method":"reference/acquire","params":{"profile":"g","reference":")" +
          kUuid + R"(","temporary":true,"label":"queue 3"}})",
      R"({"jsonrpc":"2.0","id":"a b","method":"reference/release","params":{"reference":")" +
          kUuid + R"("}})",
      " { \"params\" : { \"profile\" : \"x\" } ,\r\n\t\"method\":\"profile/query\", \"id\": "
      "123456789012345,\"jsonrpc\":\"2.0\" } \n",
      std::string(
          R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"temporary":false,"profile":"y"}})"),
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":[]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles": [ "a b" ,"A B","c"]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":"backup","protocol":1}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"protocol":9223372036854775807}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client": {"version":"2","name":"n"}}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":{}}})"};
  for (const auto& content : plain) {
    check_like_the_full_reader(content);
  }
}

TEST_CASE("Whatever is not plain is left to the full reader") {
  const std::string good =
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x"}})";
  REQUIRE(read_quickly(good));
  const std::vector<std::string> left = {
      "",
      "[" + good + "]",
      good + "x",
      good.substr(0, good.size() - 1),
      R"({"jsonrpc":"2.0","method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":null,"method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":-1,"method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":01,"method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":1.0,"method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":1234567890123456,"method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":"a\"b","method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":1,"id":1,"method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"1.0","id":1,"method":"profile/query","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query"})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x"},"more":1})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x","profile":"y"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x","temporary":true}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x","hive":"S-1-5-18"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x\u0041"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"é"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":" x"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":""}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":null}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x",}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":[]})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/delete","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/query","params":{"profile":"x","profiles":[]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":null}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":[1]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":["x",]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":["x" "y"]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":["x"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":[" x"]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":["x"],"profiles":[]}})",
      R"({"jsonrpc":"2.0","id":1,"method":"reference/release","params":{"reference":"none"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"reference/release","params":{}})",
      R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"reference":")" + kUuid +
          R"("}})",
      R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"profile":"x","temporary":truex}})",
      R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"profile":"x","label":")" +
          std::string(129, 'l') + R"("}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":")" +
          std::string(129, 'c') + R"("}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":5}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":{"name":"a","name":"b"}}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":{"title":"a"}}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"protocol":-1}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"protocol":1.0}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"protocol":9223372036854775808}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"future":true}})",
      R"({"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"profile":"x"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"client":"x"}})",
      R"({"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"protocol":1}})",
  };
  for (const auto& content : left) {
    INFO(content);
    CHECK_FALSE(read_quickly(content));
  }
}

TEST_CASE("Every truncation of a plain request is left to the full reader") {
  for (const auto& usual : kUsual) {
    for (const auto& good : {usual, spaced(usual)}) {
      for (std::size_t bytes = 0; bytes < good.size(); ++bytes) {
        // Of its own, so that a sanitizer sees who reads on.
        const std::string truncated(good, 0, bytes);
        CHECK_FALSE(read_quickly(truncated));
      }
    }
  }
}
