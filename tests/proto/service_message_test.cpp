#include "proto/service_message.h"

#include "proto/jsonrpc.h"
#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

ServiceAnswer answer_in(std::string_view text) {
  const auto read = read_service_message(text);
  REQUIRE(read);
  REQUIRE(std::holds_alternative<ServiceAnswer>(*read));
  return std::get<ServiceAnswer>(*read);
}

ServiceError error_in(std::string_view text) {
  const auto answer = answer_in(text);
  REQUIRE(std::holds_alternative<ServiceError>(answer.outcome));
  return std::get<ServiceError>(answer.outcome);
}

}  // namespace

TEST_CASE("what the client writes, the service reads") {
  const auto profile = ProfileName::known(
      "Gr\xc3\xbc\xc3\x9f"
      "e an \"alle\" / \xf0\x9f\x98\x80");
  const auto uuid = uuid_from_text("7e6a2d3c-0b1f-4d55-9d4e-2f5a7c1b9e00");
  const std::vector<Call> calls = {call::Hello{1, "tests\x01\x1f\x7f"},
                                   call::Hello{std::nullopt, ""},
                                   call::Acquire{profile, uuid, true, "a \"label\"\n"},
                                   call::Acquire{profile, std::nullopt, false, ""},
                                   call::Release{*uuid},
                                   call::Query{profile, std::nullopt},
                                   call::Query{profile, "S-1-5-18"},
                                   call::List{true, std::nullopt},
                                   call::List{false, "S-1-5-18"},
                                   call::Delete{profile},
                                   call::Undelete{profile},
                                   call::Sweep{{profile, profile}},
                                   call::Sweep{},
                                   call::Finish{text_of(*uuid), true},
                                   call::Finish{text_of(*uuid), false},
                                   call::Status{},
                                   call::Subscribe{true, "S-1-5-18"}};
  std::uint64_t id = 0;
  for (const auto& call : calls) {
    CAPTURE(method_of(call));
    std::string text = "before";
    append_request(text, ++id, call);
    REQUIRE(text.starts_with("before{"));
    const auto request = read_request(std::string_view(text).substr(6));
    REQUIRE(std::holds_alternative<Request>(request));
    const auto& read = std::get<Request>(request);
    CHECK(read.id->json == std::to_string(id));
    CHECK(read.method == method_of(call));
    CHECK(read.params == Json::parse(params_of(call).dump()));
  }
}

TEST_CASE("a text that is no UTF-8 is written with replacements") {
  std::string text;
  append_request(text, 1, call::Release{{}, "a\xff\xc3(\xed\xa0\x80"});
  const auto request = read_request(text);
  REQUIRE(std::holds_alternative<Request>(request));
  const auto read = std::get<Request>(request).params.at("reference").get<std::string>();
  CHECK(read.starts_with("a\xef\xbf\xbd\xef\xbf\xbd("));
}

TEST_CASE("the client reads answers, errors and notifications, and nothing else") {
  const auto answer = answer_in(R"({"jsonrpc":"2.0","id":1,"result": {"a":1} })");
  CHECK(answer.id == 1U);
  CHECK(std::get<std::string_view>(answer.outcome) == R"({"a":1})");
  CHECK(answer_in(R"({"result":null,"id":18446744073709551615,"jsonrpc":"2.0"})").id == UINT64_MAX);
  for (const auto* id : {"null", "\"1\"", "1.0", "-1", "18446744073709551616", "{}"}) {
    CAPTURE(id);
    CHECK_FALSE(answer_in(R"({"jsonrpc":"2.0","result":{},"id":)" + std::string(id) + "}").id);
  }

  const auto error = error_in(refusal_text({"2"}, {Reason::not_found, "there is \"none\""}));
  CHECK(error.hresult == hresult::kNotFound);
  CHECK(error.reason == "notFound");
  CHECK(error.text == "there is \"none\"");
  CHECK(error.code == 2);
  CHECK(error_in(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32600,"data":[]}})").code == -32600);

  const auto read =
      read_service_message(R"({"jsonrpc":"2.0","method":"broker/event","params":{"sequence":1}})");
  REQUIRE(read);
  const auto& notification = std::get<ServiceNotification>(*read);
  CHECK(notification.method == "broker/event");
  CHECK(notification.params == R"({"sequence":1})");

  for (const auto* text :
       {"", "[]", "3", "{}", R"({"jsonrpc":"2.0"})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"1.0","id":1,"result":{}})", R"({"id":1,"result":{}})",
        R"({"jsonrpc":"2.0","method":5})", R"({"jsonrpc":"2.0","id":1,"error":{"code":"x"}})",
        R"({"jsonrpc":"2.0","id":1,"error":7})", R"({"jsonrpc":"2.0","id":1,"result":{}}x)",
        R"({"jsonrpc":"2.0","id":1,"result":{},"result":{}})",
        R"({"jsonrpc":"2.0","id":1,"result":[[[[[[[[]]]]]]]]})"}) {
    CAPTURE(text);
    CHECK_FALSE(read_service_message(text));
  }
}

TEST_CASE("an error never becomes a success for the client, whatever the service says") {
  for (const auto* data : {R"({"reason":"quotaExceeded","hresult":"0x00000000"})",
                           R"({"hresult":"nonsense"})", "{}", "7"}) {
    const auto error =
        error_in(R"({"jsonrpc":"2.0","id":1,"error":{"code":9,"message":"m","data":)" +
                 std::string(data) + "}}");
    CHECK((error.hresult & 0x80000000U) != 0);
  }
}

TEST_CASE("an error code that is no whole number makes the message none of the protocol's") {
  for (const auto* code : {"1e300", "99999999999", "1.5"}) {
    CAPTURE(code);
    CHECK_FALSE(read_service_message(R"({"jsonrpc":"2.0","id":1,"error":{"message":"m","code":)" +
                                     std::string(code) + "}}"));
  }
}
