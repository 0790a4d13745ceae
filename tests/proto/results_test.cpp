#include "proto/limits.h"
#include "proto/messages.h"
#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

const Uuid kReference = uuid_from_text("7e6a2d3c-0b1f-4d55-9d4e-2f5a7c1b9e00").value();

Json json_of(const Result& result) {
  return Json::parse(result_text(result));
}

ProfileReport report() {
  ProfileReport report;
  report.hive = "S-1-5-18";
  report.profile = "Sales";
  report.references = 1;
  report.temporary = true;
  report.holders.push_back(
      {42, 3, "OUTLOOK.EXE", WallTime(std::chrono::milliseconds(1000)), "label"});
  return report;
}

}  // namespace

TEST_CASE("results have the members that the protocol names") {
  CHECK(json_of(result::Acquire{kReference, 2, true, false}) ==
        Json{{"reference", text_of(kReference)},
             {"references", 2},
             {"temporary", true},
             {"deletionDeferred", false}});
  CHECK(json_of(result::Release{0, std::nullopt}) == Json{{"references", 0}, {"removal", nullptr}});
  CHECK(json_of(result::Release{0, Removal{"c", "p"}})["removal"] ==
        Json{{"claim", "c"}, {"profile", "p"}});
  CHECK(json_of(result::Delete{true, std::nullopt}) ==
        Json{{"deferred", true}, {"removal", nullptr}});
  CHECK(json_of(result::Undelete{}) == Json{{"temporary", false}, {"deletionDeferred", false}});
  CHECK(json_of(result::Finish{}) == Json::object());
  CHECK(json_of(result::Subscribe{}) == Json::object());
  CHECK(json_of(result::Sweep{{{"c", "p"}},
                              {{"a", KeptReason::in_use},
                               {"b", KeptReason::being_removed},
                               {"d", KeptReason::recovering}}}) ==
        Json::parse(
            R"({"removals":[{"claim":"c","profile":"p"}],"kept":[{"profile":"a","reason":"inUse"},
                        {"profile":"b","reason":"beingRemoved"},{"profile":"d","reason":"recovering"}]})"));
  const auto query = json_of(result::Query{report()});
  CHECK(query == Json::parse(R"({"profile":"Sales","inUse":true,"references":1,"temporary":true,
      "deletionDeferred":false,"beingRemoved":false,"holders":[{"process":42,"session":3,"image":"OUTLOOK.EXE",
      "since":"1970-01-01T00:00:01.000Z","label":"label"}],"remover":null})"));
  auto claimed = report();
  claimed.being_removed = true;
  claimed.remover = RemoverReport{7, 2, "fax.exe", WallTime(std::chrono::milliseconds(2000))};
  const auto remover = Json::parse(
      R"({"process":7,"session":2,"image":"fax.exe","since":"1970-01-01T00:00:02.000Z"})");
  CHECK(json_of(result::Query{claimed})["remover"] == remover);
  result::Status status;
  CHECK(json_of(status)["oldestClaim"].is_null());
  status.oldest_claim = {"S-1-5-18", "Sales", *claimed.remover};
  auto oldest = remover;
  oldest.update({{"hive", "S-1-5-18"}, {"profile", "Sales"}});
  CHECK(json_of(status)["oldestClaim"] == oldest);
  const auto list = json_of(result::List{{report()}});
  CHECK(list["profiles"][0]["hive"] == "S-1-5-18");
  const auto hello = json_of(result::Hello{"1.0", "i", "S-1-5-18", 3, 42, true});
  CHECK(hello == Json{{"service", "MapiProfileBroker"},
                      {"version", "1.0"},
                      {"protocol", kProtocolVersion},
                      {"instance", "i"},
                      {"hive", "S-1-5-18"},
                      {"session", 3},
                      {"process", 42},
                      {"elevated", true}});
}

TEST_CASE("a hello is answered with the text that a DOM of it would have") {
  for (const char* const hive : {"S-1-5-18", "", "a\"b\\c\n", "\xC3\xA9", "\xFF"}) {
    const result::Hello hello{"1.0", "i", hive, 3, 4'294'967'295, false};
    const OrderedJson members = {{"service", "MapiProfileBroker"},
                                 {"version", hello.version},
                                 {"protocol", kProtocolVersion},
                                 {"instance", hello.instance},
                                 {"hive", hello.hive},
                                 {"session", hello.session},
                                 {"process", hello.process},
                                 {"elevated", hello.elevated}};
    CHECK(result_text(hello) ==
          members.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  }
}

TEST_CASE("what the service writes, the client reads") {
  const auto list = read_result<result::List>(result_text(result::List{{report(), report()}}));
  REQUIRE(list);
  REQUIRE(list->profiles.size() == 2);
  CHECK(list->profiles[1].hive == "S-1-5-18");
  CHECK(list->profiles[1].holders.at(0).image == "OUTLOOK.EXE");
  const auto sweep = read_result<result::Sweep>(
      result_text(result::Sweep{{{"c", "p"}}, {{"b", KeptReason::in_use}}}));
  REQUIRE(sweep);
  CHECK(sweep->removals.at(0).claim == "c");
  CHECK(sweep->kept.at(0).reason == KeptReason::in_use);
  const auto release =
      read_result<result::Release>(result_text(result::Release{0, Removal{"c", "p"}}));
  REQUIRE(release);
  CHECK(release->removal->profile == "p");
  CHECK(read_result<result::Delete>(result_text(result::Delete{true, std::nullopt}))->deferred);
  CHECK(
      read_result<result::Hello>(result_text(result::Hello{"1", "i", "h", 1, 2, false}))->process ==
      2);
  CHECK(read_result<result::Acquire>(result_text(result::Acquire{kReference, 2, true, false}))
            ->references == 2);
  result::Status status;
  status.journal_error = "disk full";
  status.references = 7;
  const auto read = read_result<result::Status>(result_text(status));
  REQUIRE(read);
  CHECK(read->journal_error == "disk full");
  CHECK(read->references == 7);
  CHECK_FALSE(read->oldest_claim);
  status.oldest_claim = {"h", "Sales", {7, 2, "fax.exe", WallTime(std::chrono::seconds(2))}};
  const auto with_claim = read_result<result::Status>(result_text(status));
  REQUIRE(with_claim);
  REQUIRE(with_claim->oldest_claim);
  CHECK(with_claim->oldest_claim->profile == "Sales");
  CHECK(with_claim->oldest_claim->remover.process == 7);
  CHECK(with_claim->oldest_claim->remover.since == WallTime(std::chrono::seconds(2)));
}

TEST_CASE("a client reads the answers of a service that does not name removers yet") {
  auto query = json_of(result::Query{report()});
  query.erase("remover");
  REQUIRE(read_result<result::Query>(query.dump()));
  CHECK_FALSE(read_result<result::Query>(query.dump())->report.remover);
  auto status = json_of(result::Status{});
  status.erase("oldestClaim");
  REQUIRE(read_result<result::Status>(status.dump()));
}

TEST_CASE("a hostile answer is nothing, never an exception") {
  for (const auto* text :
       {"null", "[]", "{}", "3", R"({"reference":5})", R"({"profiles":5})", R"({"profiles":[{}]})",
        R"({"references":-1,"removal":null})",
        R"({"reference":"r","references":1,"temporary":false,"deletionDeferred":false})",
        R"({"removals":[null],"kept":[]})"}) {
    CAPTURE(text);
    CHECK_FALSE(read_result<result::Acquire>(text));
    CHECK_FALSE(read_result<result::List>(text));
    CHECK_FALSE(read_result<result::Sweep>(text));
    CHECK_FALSE(read_result<result::Status>(text));
    CHECK_FALSE(read_result<result::Hello>(text));
    CHECK_FALSE(read_event(text));
  }
}

TEST_CASE("events of every kind go to the wire and back") {
  for (int kind = 0; kind <= static_cast<int>(EventKind::overflow); ++kind) {
    Event event{7, WallTime{}, static_cast<EventKind>(kind), "h", "p", 42, 3, kReference};
    const auto read = read_event(params_of(event).dump());
    REQUIRE(read);
    CHECK(read->kind == event.kind);
    CHECK(read->process == 42U);
    CHECK(read->reference == kReference);
    event.process.reset();
    CHECK_FALSE(params_of(event).contains("process"));
  }
}

TEST_CASE("a number of a hostile server that does not fit is refused, not read as another one") {
  for (const auto* number : {"4294967296", "-1", "1e300", "1.5", "\"1\""}) {
    CAPTURE(number);
    const auto acquire =
        R"({"reference":"r","temporary":false,"deletionDeferred":false,"references":)" +
        std::string(number) + "}";
    CHECK_FALSE(read_result<result::Acquire>(acquire));
    const auto event =
        R"({"sequence":1,"time":"","event":"acquired","hive":"","profile":"","process":)" +
        std::string(number) + "}";
    CHECK_FALSE(read_event(event));
  }
}
