#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

const Caller kUser = caller("S-1-5-21-7", 100);
const Caller kOther = caller("S-1-5-21-8", 200);
const Caller kAdmin = caller("S-1-5-21-9", 300, 1, true);

}  // namespace

TEST_CASE("hello tells who the service takes the caller for") {
  TerminalServer server;
  const auto hello = server.ok<result::Hello>(kAdmin, call::Hello{1, "test"});
  CHECK(hello.hive == "S-1-5-21-9");
  CHECK(hello.process == 300);
  CHECK(hello.session == 1);
  CHECK(hello.elevated);
  CHECK(hello.version == "1.2.3");
  CHECK(server.refused(kUser, call::Hello{2, ""}) == Reason::version_mismatch);
  server.ok<result::Hello>(kUser, call::Hello{});
}

TEST_CASE("a query of an unknown profile is zeros and false") {
  TerminalServer server;
  const auto report = server.query(kUser, "Never");
  CHECK(report.profile == "Never");
  CHECK(report.references == 0);
  CHECK_FALSE(report.temporary);
  CHECK_FALSE(report.deletion_deferred);
  CHECK_FALSE(report.being_removed);
  CHECK(report.holders.empty());
  CHECK(server.table.profile_count() == 0);
}

TEST_CASE("a query shows the profile as first spelled, with its holders and their labels") {
  TerminalServer server;
  server.ok<result::Acquire>(
      kUser, call::Acquire{profile_name("Sales"), std::nullopt, false, "mailbox 7"});
  const auto report = server.query(kUser, "sALES");
  CHECK(report.profile == "Sales");
  CHECK(report.holders.at(0).label == "mailbox 7");
  CHECK(report.holders.at(0).image == "program.exe");
}

TEST_CASE("a list has the caller's own hive, sorted; all hives are for administrators") {
  TerminalServer server;
  server.acquire(kUser, "b");
  server.acquire(kUser, "A");
  server.acquire(kOther, "c");
  const auto own = server.ok<result::List>(kUser, call::List{});
  REQUIRE(own.profiles.size() == 2);
  CHECK(own.profiles[0].profile == "A");
  CHECK(own.profiles[1].profile == "b");
  CHECK(server.refused(kUser, call::List{true, std::nullopt}) == Reason::access_denied);
  CHECK(server.refused(kUser, call::List{false, "S-1-5-21-8"}) == Reason::access_denied);
  CHECK(server.ok<result::List>(kUser, call::List{false, "S-1-5-21-7"}).profiles.size() == 2);
  CHECK(server.ok<result::List>(kAdmin, call::List{}).profiles.empty());
  CHECK(server.ok<result::List>(kAdmin, call::List{true, std::nullopt}).profiles.size() == 3);
  CHECK(server.ok<result::List>(kAdmin, call::List{false, "S-1-5-21-8"}).profiles.at(0).profile ==
        "c");
}

TEST_CASE("names that begin alike, or end where others go on, are listed in their order") {
  const std::vector<std::vector<std::string>> lists = {
      {"only one"},
      {"Gateway 1", "gateway 10", "GATEWAY 100000000", "Gateway 100000001", "gateway 2"},
      {"a", "A!", "ab", "abcdefgh", "abcdefghi", "ABCDEFGHIJ", "abcdefghij!", "ac", "b"},
      {"Post", "Posten 1", "Pöst", "Zebra", "\xE6\x97\xA5\xE6\x9C\xAC"},
  };
  for (const auto& names : lists) {
    TerminalServer server;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto& name = names[(i * 7 + 3) % names.size()];
      server.ok<result::Acquire>(kUser, call::Acquire{profile_name(name), {}, false, {}});
    }
    std::vector<std::string> listed;
    for (const auto& report : server.ok<result::List>(kUser, call::List{}).profiles) {
      listed.push_back(report.profile);
    }
    CHECK(listed == names);
  }
}

TEST_CASE("administrators may query another hive, others may not learn even whether it exists") {
  TerminalServer server;
  server.acquire(kOther, "c");
  CHECK(server.ok<result::Query>(kAdmin, call::Query{profile_name("c"), "S-1-5-21-8"})
            .report.references == 1);
  CHECK(server.refused(kUser, call::Query{profile_name("c"), "S-1-5-21-8"}) ==
        Reason::access_denied);
  CHECK(server.refused(kUser, call::Query{profile_name("c"), "nobody"}) == Reason::access_denied);
}

TEST_CASE("status counts the caller's hive, the whole machine for administrators") {
  TerminalServer server;
  server.acquire(kUser, "A");
  server.acquire(kOther, "B");
  server.acquire(kOther, "C");
  const auto own = server.ok<result::Status>(kUser, call::Status{});
  CHECK(own.references == 1);
  CHECK(own.profiles == 1);
  CHECK(own.hives == 1);
  const auto all = server.ok<result::Status>(kAdmin, call::Status{});
  CHECK(all.references == 3);
  CHECK(all.hives == 2);
  CHECK(own.connections == 1);
  CHECK(all.connections == 2);
  CHECK_FALSE(all.recovering);
}

TEST_CASE("whoever has a claim is named with the time since when, in query, list and status") {
  TerminalServer server;
  CHECK_FALSE(server.ok<result::Status>(kUser, call::Status{}).oldest_claim);
  server.now.wall = WallTime(std::chrono::seconds(100));
  const auto first = server.remove(kUser, "A").removal;
  server.now.wall = WallTime(std::chrono::seconds(200));
  server.remove(caller("S-1-5-21-7", 101), "B");
  server.remove(kOther, "C");
  const auto report = server.query(kUser, "a");
  REQUIRE(report.remover);
  CHECK(report.remover->process == 100);
  CHECK(report.remover->image == "program.exe");
  CHECK(report.remover->since == WallTime(std::chrono::seconds(100)));
  const auto list = server.ok<result::List>(kUser, call::List{});
  CHECK(list.profiles.at(1).remover->process == 101);
  const auto oldest = [&](const Caller& who) {
    const auto claim = server.ok<result::Status>(who, call::Status{}).oldest_claim;
    return claim ? claim->hive + " " + claim->profile : "none";
  };
  CHECK(oldest(kUser) == "S-1-5-21-7 A");
  CHECK(oldest(kOther) == "S-1-5-21-8 C");
  CHECK(oldest(kAdmin) == "S-1-5-21-7 A");
  server.finish(kUser, first->claim, true);
  CHECK(oldest(kUser) == "S-1-5-21-7 B");
  server.dispatcher.process_ended({101, 101'000}, server.now);
  CHECK(oldest(kUser) == "none");
  CHECK(oldest(kAdmin) == "S-1-5-21-8 C");
}

TEST_CASE("only administrators may subscribe to other hives") {
  TerminalServer server;
  RememberingSubscriber subscriber;
  const auto subscribe = [&](const Caller& who, const call::Subscribe& call) {
    return std::holds_alternative<Result>(server.call(who, call, 0, true, &subscriber));
  };
  CHECK_FALSE(subscribe(kUser, {true, std::nullopt}));
  CHECK_FALSE(subscribe(kUser, {false, "S-1-5-21-8"}));
  CHECK(server.events.subscriber_count() == 0);
  CHECK(subscribe(kUser, {}));
  CHECK(subscribe(kAdmin, {false, "S-1-5-21-8"}));
}
