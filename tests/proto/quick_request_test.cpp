#include "proto/quick_request.h"

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

const std::string kUuid = "6F9619FF-8b86-d011-b42d-00c04fc964ff";

}  // namespace

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
  const std::string good =
      R"({"jsonrpc":"2.0","id":1,"method":"reference/acquire","params":{"profile":"x","temporary":true}})";
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) {
    CHECK_FALSE(read_quickly(std::string_view(good).substr(0, bytes)));
  }
}
