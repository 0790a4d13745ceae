#include "proto/jsonrpc.h"

#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

Request good(std::string_view text) {
  auto read = read_request(text);
  REQUIRE(std::holds_alternative<Request>(read));
  return std::get<Request>(std::move(read));
}

BadRequest bad(std::string_view text) {
  auto read = read_request(text);
  REQUIRE(std::holds_alternative<BadRequest>(read));
  return std::get<BadRequest>(std::move(read));
}

}  // namespace

TEST_CASE("an id comes back as it was written") {
  CHECK(good(R"({"jsonrpc":"2.0","id":7,"method":"m"})").id->json == "7");
  CHECK(good(R"({"jsonrpc":"2.0","id":"a\"b","method":"m"})").id->json == R"("a\"b")");
  CHECK(good(R"({"jsonrpc":"2.0","id":null,"method":"m"})").id->json == "null");
  CHECK(good(R"({"jsonrpc":"2.0","id":-1,"method":"m"})").id->json == "-1");
  CHECK(answer_text({R"("a\"b")"}, "{}") == R"({"jsonrpc":"2.0","id":"a\"b","result":{}})");
}

TEST_CASE("without an id it is a notification") {
  CHECK_FALSE(good(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}})").id);
}

TEST_CASE(
    "absent params are an empty object; any other than an object is refused with the request's "
    "id") {
  CHECK(good(R"({"jsonrpc":"2.0","id":1,"method":"m"})").params == Json::object());
  for (const auto* params : {"[1]", "null", "3", "\"x\""}) {
    const auto refused =
        bad(R"({"jsonrpc":"2.0","id":1,"method":"m","params":)" + std::string(params) + "}");
    CHECK(refused.id.json == "1");
    CHECK(refused.refusal.reason == Reason::bad_params);
  }
}

TEST_CASE("what is no request is refused, with its id where it has one") {
  CHECK(bad("[]").refusal.reason == Reason::invalid_request);
  CHECK(bad(R"([{"jsonrpc":"2.0","id":1,"method":"m"}])").id.json == "null");
  CHECK(bad("3").refusal.reason == Reason::invalid_request);
  CHECK(bad(R"({"id":4,"method":"m"})").id.json == "4");
  CHECK(bad(R"({"jsonrpc":"1.0","id":4,"method":"m"})").refusal.reason == Reason::invalid_request);
  CHECK(bad(R"({"jsonrpc":"2.0","id":4})").id.json == "4");
  CHECK(bad(R"({"jsonrpc":"2.0","id":4,"method":5})").id.json == "4");
  CHECK(bad(R"({"jsonrpc":"2.0","id":{},"method":"m"})").id.json == "null");
  CHECK(bad(R"({"jsonrpc":"2.0","id":true,"method":"m"})").id.json == "null");
  CHECK(bad(R"({"jsonrpc":"2.0","id":")" + std::string(1025, 'x') + R"(","method":"m"})").id.json ==
        "null");
}

TEST_CASE("a refusal carries code, text, reason and HRESULT") {
  const auto json =
      Json::parse(refusal_text({"3"}, {Reason::being_removed, "profile 'x' is being deleted"}));
  CHECK(json["id"] == 3);
  CHECK(json["error"]["code"] == 1);
  CHECK(json["error"]["message"] == "profile 'x' is being deleted");
  CHECK(json["error"]["data"] == Json{{"reason", "beingRemoved"}, {"hresult", "0x8004010B"}});
}

TEST_CASE("a refusal's text survives bytes that are no UTF-8") {
  CHECK_NOTHROW(Json::parse(refusal_text({}, {Reason::bad_name, "name \xff"})));
}

TEST_CASE("every reason has a word of its own, a code and an HRESULT that is a failure") {
  for (int i = 0; i <= static_cast<int>(Reason::journal_unavailable); ++i) {
    const auto& facts = facts_of(static_cast<Reason>(i));
    CHECK(reason_from_word(facts.word) == facts.reason);
    CHECK((facts.hresult & 0x80000000U) != 0);
  }
  CHECK_FALSE(reason_from_word("unheardOf"));
}
