#include "proto/limits.h"
#include "proto/messages.h"
#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

constexpr auto kId = "6f9619ff-8b86-d011-b42d-00c04fc964ff";

template <typename C>
C read_as(std::string_view method, const Json& params) {
  auto read = read_call(method, params);
  if (const auto* refusal = std::get_if<Refusal>(&read)) {
    FAIL(refusal->text);
  }
  REQUIRE(std::holds_alternative<C>(std::get<Call>(read)));
  return std::get<C>(std::get<Call>(std::move(read)));
}

Refusal refused(std::string_view method, const Json& params) {
  const auto read = read_call(method, params);
  REQUIRE(std::holds_alternative<Refusal>(read));
  return std::get<Refusal>(read);
}

ProfileName name(std::string_view text) {
  return std::get<ProfileName>(ProfileName::parse(text));
}

}  // namespace

TEST_CASE("what a client writes, the service reads") {
  const std::vector<Call> calls = {
      call::Hello{1, "test"},
      call::Acquire{name("Sales"), uuid_from_text(kId), true, "label"},
      call::Acquire{name("Sales"), std::nullopt, false, ""},
      call::Release{*uuid_from_text(kId)},
      call::Release{{}, "nonsense"},
      call::Query{name("Sales"), "S-1-5-18"},
      call::Query{name("Sales"), std::nullopt},
      call::List{true, std::nullopt},
      call::List{false, "S-1-5-18"},
      call::Delete{name("Sales")},
      call::Undelete{name("Sales")},
      call::Sweep{{name("a"), name("b")}},
      call::Sweep{},
      call::Finish{kId, true},
      call::Finish{kId, false},
      call::Status{},
      call::Subscribe{true, std::nullopt},
      call::Subscribe{false, "S-1-5-18"},
  };
  for (const auto& call : calls) {
    const auto params = params_of(call);
    const auto read = read_call(method_of(call), Json::parse(params.dump()));
    REQUIRE(std::holds_alternative<Call>(read));
    CHECK(std::get<Call>(read).index() == call.index());
    CHECK(params_of(std::get<Call>(read)) == params);
  }
}

TEST_CASE("a client may name itself by a string or an object, and say things of the future") {
  CHECK(read_as<call::Hello>("broker/hello", {{"client", "a"}}).client == "a");
  CHECK(read_as<call::Hello>("broker/hello", {{"client", {{"name", "b"}, {"version", "1"}}}})
            .client == "b");
  CHECK(read_as<call::Hello>("broker/hello", {{"client", 5}, {"future", true}}).client.empty());
  CHECK(refused("broker/hello", {{"protocol", "1"}}).reason == Reason::bad_params);
}

TEST_CASE("null counts as absent") {
  const auto acquire = read_as<call::Acquire>(
      "reference/acquire", {{"profile", "x"}, {"reference", nullptr}, {"label", nullptr}});
  CHECK_FALSE(acquire.reference);
}

TEST_CASE("a misspelled parameter is refused by its name, not ignored") {
  const auto refusal = refused("reference/acquire", {{"profile", "x"}, {"temporray", true}});
  CHECK(refusal.reason == Reason::bad_params);
  CHECK(refusal.text.find("temporray") != std::string::npos);
}

TEST_CASE("no method that changes anything takes a hive") {
  for (const auto* method :
       {"reference/acquire", "profile/delete", "profile/undelete", "profile/sweep"}) {
    CHECK(refused(method, {{"profile", "x"}, {"hive", "S-1-5-18"}}).reason == Reason::bad_params);
  }
}

TEST_CASE("parameters of another type or size are refused") {
  CHECK(refused("reference/acquire", {{"profile", 5}}).reason == Reason::bad_params);
  CHECK(refused("reference/acquire", Json::object()).reason == Reason::bad_params);
  CHECK(refused("reference/acquire", {{"profile", ""}}).reason == Reason::bad_name);
  CHECK(refused("reference/acquire", {{"profile", std::string(65, 'x')}}).reason ==
        Reason::name_too_long);
  CHECK(refused("reference/acquire", {{"profile", std::string(9000, 'x')}}).reason ==
        Reason::name_too_long);
  CHECK(refused("reference/acquire", {{"profile", "x"}, {"temporary", 1}}).reason ==
        Reason::bad_params);
  CHECK(refused("reference/acquire", {{"profile", "x"}, {"reference", "r1"}}).reason ==
        Reason::bad_params);
  CHECK(refused("reference/acquire", {{"profile", "x"}, {"label", std::string(129, 'x')}}).reason ==
        Reason::bad_params);
  CHECK(refused("reference/release", Json::object()).reason == Reason::bad_params);
  CHECK(refused("removal/finish", {{"claim", kId}}).reason == Reason::bad_params);
  CHECK(refused("removal/finish", {{"claim", kId}, {"removed", "yes"}}).reason ==
        Reason::bad_params);
  CHECK(refused("profile/sweep", {{"profiles", "x"}}).reason == Reason::bad_params);
  CHECK(refused("profile/sweep", {{"profiles", {"a", 5}}}).reason == Reason::bad_params);
  CHECK(refused("profile/query", {{"profile", "x"}, {"hive", std::string(1025, 'S')}}).reason ==
        Reason::bad_params);
}

TEST_CASE(
    "an id that is no UUID names nothing, which the lookup says; a reference is made with a UUID") {
  CHECK(read_as<call::Release>("reference/release", {{"reference", "nonsense"}}).instead ==
        "nonsense");
  CHECK(
      read_as<call::Finish>("removal/finish", {{"claim", std::string(999, 'x')}, {"removed", true}})
          .claim.size() == 64);
  CHECK(refused("reference/release", {{"reference", 7}}).reason == Reason::bad_params);
  CHECK(refused("reference/acquire", {{"profile", "x"}, {"reference", "nonsense"}}).reason ==
        Reason::bad_params);
}

TEST_CASE("a bad name in a sweep is told by its place") {
  const auto refusal = refused("profile/sweep", {{"profiles", {"a", "b\\c"}}});
  CHECK(refusal.reason == Reason::bad_name);
  CHECK(refusal.text.find("profiles[1]") != std::string::npos);
}

TEST_CASE("labels count characters, not bytes") {
  std::string label;
  for (std::size_t i = 0; i < kMaxLabelCharacters; ++i) {
    label += "\xC3\xA4";
  }
  CHECK(read_as<call::Acquire>("reference/acquire", {{"profile", "x"}, {"label", label}}).label ==
        label);
}

TEST_CASE("unknown methods are refused by their name") {
  const auto refusal = refused("profile/destroy", Json::object());
  CHECK(refusal.reason == Reason::method_not_found);
  CHECK(refusal.text.find("profile/destroy") != std::string::npos);
}
