#include "service/dispatcher.h"

#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

const Caller kService = caller("S-1-5-21-7", 100, 0);
const Caller kDesktop = caller("S-1-5-21-7", 200, 3);
const Caller kStranger = caller("S-1-5-21-8", 300, 4);

call::Acquire acquire_as(std::string_view profile, const Uuid& reference, bool temporary = false) {
  return {profile_name(profile), reference, temporary, ""};
}

}  // namespace

TEST_CASE(
    "a profile in use in one session survives a delete, a sweep and a name reuse from another (KB "
    "818861, 303221)") {
  TerminalServer server;
  const auto reference = server.acquire(kService, "Gateway");

  CHECK(server.remove(kDesktop, "GATEWAY").deferred);
  const auto sweep = server.sweep(kDesktop, {"gateway"});
  CHECK(sweep.removals.empty());
  REQUIRE(sweep.kept.size() == 1);
  CHECK(sweep.kept[0].reason == KeptReason::in_use);
  CHECK(server.refused(kDesktop, acquire_as("gateway", numbered_uuid(1))) ==
        Reason::deletion_deferred);
  CHECK(server.query(kService, "Gateway").references == 1);

  const auto released = server.release(kService, reference);
  REQUIRE(released.removal);
  CHECK(released.references == 0);
  CHECK(released.removal->profile == "Gateway");
  server.finish(kService, released.removal->claim, true);
  CHECK(server.table.profile_count() == 0);
}

TEST_CASE("an id that the service makes is never one that a client chose for itself") {
  TerminalServer server;
  const auto chosen = numbered_uuid(server.last_uuid + 1);
  server.ok<result::Acquire>(kStranger, acquire_as("Theirs", chosen));
  const auto made = server.acquire(kDesktop, "Ours");
  CHECK(made != chosen);
  server.ok<result::Acquire>(kStranger, acquire_as("Theirs", numbered_uuid(server.last_uuid + 1)));
  const auto removal = server.remove(kDesktop, "Nobody's").removal;
  REQUIRE(removal);
  CHECK(removal->claim != numbered_uuid_text(server.last_uuid - 1));
  CHECK(server.query(kStranger, "Theirs").references == 2);
  server.release(kDesktop, made);
}

TEST_CASE("a repeated acquire is the same request: nothing is counted twice") {
  TerminalServer server;
  const auto id = numbered_uuid(5);
  for (int i = 0; i < 3; ++i) {
    const auto acquired = server.ok<result::Acquire>(kService, acquire_as("A", id, true));
    CHECK(acquired.reference == id);
    CHECK(acquired.references == 1);
    CHECK(acquired.temporary);
  }
  CHECK(server.release(kService, id).references == 0);
}

TEST_CASE("a repeated acquire is answered even when the deletion was deferred meanwhile") {
  TerminalServer server;
  const auto id = server.acquire(kService, "A");
  server.remove(kDesktop, "A");
  CHECK(server.ok<result::Acquire>(kService, acquire_as("A", id)).deletion_deferred);
}

TEST_CASE("a reference belongs to one process and one profile") {
  TerminalServer server;
  const auto id = server.acquire(kService, "A");
  CHECK(server.refused(kDesktop, acquire_as("A", id)) == Reason::access_denied);
  CHECK(server.refused(kService, acquire_as("B", id)) == Reason::access_denied);
  CHECK(server.refused(kDesktop, call::Release{id}) == Reason::access_denied);
  CHECK(server.refused(kStranger, call::Release{id}) == Reason::access_denied);
  CHECK(server.query(kService, "A").references == 1);
}

TEST_CASE("a release that names no UUID releases nothing and is told what it named") {
  TerminalServer server;
  server.acquire(kService, "A");
  const auto outcome = server.call(kService, call::Release{{}, "nonsense"});
  REQUIRE(std::holds_alternative<Refusal>(outcome));
  CHECK(std::get<Refusal>(outcome).reason == Reason::not_found);
  CHECK(std::get<Refusal>(outcome).text == "there is no reference nonsense");
  CHECK(server.query(kService, "A").references == 1);
}

TEST_CASE("a profile is shown as it was first spelled, whoever names it otherwise later") {
  TerminalServer server;
  RememberingSubscriber heard;
  server.call(kDesktop, call::Subscribe{}, 0, true, &heard);
  const auto id = server.acquire(kService, "Gateway");
  CHECK(server.sweep(kDesktop, {"GATEWAY"}).kept.at(0).profile == "Gateway");
  server.remove(kDesktop, "gateway");
  const auto removal = server.release(kService, id).removal;
  CHECK(removal->profile == "Gateway");
  CHECK(server.sweep(kDesktop, {"GATEWAY"}).kept.at(0).profile == "Gateway");
  server.dispatcher.set_recovering(true);
  server.finish(kService, removal->claim, false);
  CHECK(server.sweep(kDesktop, {"GATEWAY"}).kept.at(0).profile == "Gateway");
  for (const auto& event : heard.events) {
    CHECK(event.profile == "Gateway");
  }
}

TEST_CASE("accounts do not meet: the same name in two hives is two profiles") {
  TerminalServer server;
  server.acquire(kService, "A");
  CHECK(server.query(kStranger, "A").references == 0);
  const auto removal = server.remove(kStranger, "A");
  REQUIRE(removal.removal);
  server.finish(kStranger, removal.removal->claim, true);
  CHECK(server.query(kService, "A").references == 1);
  CHECK_FALSE(server.query(kService, "A").deletion_deferred);
}

TEST_CASE("two sessions of one account share its profiles") {
  TerminalServer server;
  server.acquire(kService, "A");
  server.acquire(kDesktop, "a");
  const auto report = server.query(kDesktop, "A");
  CHECK(report.references == 2);
  REQUIRE(report.holders.size() == 2);
  CHECK(report.holders[0].session == 0);
  CHECK(report.holders[1].session == 3);
}

TEST_CASE("after a deferred deletion a holder may take further references, others may not") {
  TerminalServer server;
  const auto first = server.acquire(kService, "A");
  server.remove(kService, "A");
  const auto second = server.acquire(kService, "A");
  CHECK(server.refused(kDesktop, acquire_as("A", numbered_uuid(1))) == Reason::deletion_deferred);
  CHECK_FALSE(server.release(kService, first).removal);
  CHECK(server.release(kService, second).removal);
}

TEST_CASE("others may join a temporary profile and so prolong it; the last one out deletes it") {
  TerminalServer server;
  const auto first = server.acquire(kService, "T", true);
  const auto second = server.acquire(kDesktop, "T");
  CHECK_FALSE(server.release(kService, first).removal);
  const auto last = server.release(kDesktop, second);
  REQUIRE(last.removal);
  server.finish(kDesktop, last.removal->claim, true);
  CHECK(server.table.profile_count() == 0);
}

TEST_CASE("temporary stays as it is when a later acquire does not mention it") {
  TerminalServer server;
  server.acquire(kService, "T", true);
  server.acquire(kService, "T", false);
  CHECK(server.query(kService, "T").temporary);
}

TEST_CASE("a profile that is neither temporary nor deleted just goes on living") {
  TerminalServer server;
  const auto id = server.acquire(kService, "A");
  CHECK_FALSE(server.release(kService, id).removal);
  CHECK(server.table.profile_count() == 0);
}

TEST_CASE("while a claim is held nobody can acquire, delete, undelete or claim the profile") {
  TerminalServer server;
  const auto claim = server.remove(kService, "A").removal->claim;
  CHECK(server.query(kDesktop, "A").being_removed);
  for (const auto& who : {kService, kDesktop}) {
    CHECK(server.refused(who, acquire_as("A", numbered_uuid(1))) == Reason::being_removed);
    CHECK(server.refused(who, call::Delete{profile_name("A")}) == Reason::being_removed);
    CHECK(server.refused(who, call::Undelete{profile_name("A")}) == Reason::being_removed);
    const auto sweep = server.sweep(who, {"A"});
    CHECK(sweep.removals.empty());
    CHECK(sweep.kept.at(0).reason == KeptReason::being_removed);
  }
  server.finish(kService, claim, true);
  CHECK_FALSE(server.query(kDesktop, "A").being_removed);
  server.acquire(kDesktop, "A");
}

TEST_CASE("a claim is finished by its own process, once") {
  TerminalServer server;
  const auto claim = server.remove(kService, "A").removal->claim;
  CHECK(server.refused(kDesktop, call::Finish{claim, true}) == Reason::access_denied);
  server.finish(kService, claim, true);
  CHECK(server.refused(kService, call::Finish{claim, true}) == Reason::not_found);
}

TEST_CASE("a removal that failed puts the profile back to what it was") {
  TerminalServer server;
  SECTION("temporary") {
    const auto id = server.acquire(kService, "A", true);
    server.finish(kService, server.release(kService, id).removal->claim, false);
    CHECK(server.query(kService, "A").temporary);
    CHECK(server.sweep(kDesktop).removals.size() == 1);
  }
  SECTION("deferred") {
    const auto id = server.acquire(kService, "A");
    server.remove(kDesktop, "A");
    server.finish(kService, server.release(kService, id).removal->claim, false);
    CHECK(server.query(kService, "A").deletion_deferred);
    CHECK(server.sweep(kDesktop).removals.size() == 1);
  }
  SECTION("neither") {
    server.finish(kService, server.remove(kService, "A").removal->claim, false);
    CHECK(server.table.profile_count() == 0);
  }
}

TEST_CASE("the end of a process ends its references and gives up its claims") {
  TerminalServer server;
  server.acquire(kService, "T", true);
  server.acquire(kService, "T");
  server.remove(kService, "C");
  server.dispatcher.process_ended(kService.holder.key, server.now);
  CHECK(server.table.reference_count() == 0);
  CHECK(server.table.claim_count() == 0);
  CHECK(server.query(kDesktop, "T").temporary);
  const auto sweep = server.sweep(kDesktop);
  REQUIRE(sweep.removals.size() == 1);
  CHECK(sweep.removals[0].profile == "T");
  CHECK(server.remove(kDesktop, "C").removal);
}

TEST_CASE("the end of a process that holds nothing changes nothing") {
  TerminalServer server;
  server.dispatcher.process_ended(kService.holder.key, server.now);
  CHECK(server.journal.changes.empty());
}

TEST_CASE("undelete takes a deletion and the temporary property back, and may be repeated") {
  TerminalServer server;
  const auto id = server.acquire(kService, "A", true);
  server.remove(kDesktop, "A");
  for (int i = 0; i < 2; ++i) {
    server.ok<result::Undelete>(kDesktop, call::Undelete{profile_name("A")});
  }
  server.acquire(kDesktop, "A");
  CHECK_FALSE(server.query(kService, "A").temporary);
  CHECK_FALSE(server.release(kService, id).removal);
  server.ok<result::Undelete>(kDesktop, call::Undelete{profile_name("never seen")});
}

TEST_CASE("a sweep considers the names given and whatever is marked in this hive, each once") {
  TerminalServer server;
  server.acquire(kService, "left", true);
  server.acquire(kStranger, "theirs", true);
  server.dispatcher.process_ended(kService.holder.key, server.now);
  server.dispatcher.process_ended(kStranger.holder.key, server.now);
  const auto sweep = server.sweep(kDesktop, {"marked in the hive", "LEFT", "left"});
  REQUIRE(sweep.removals.size() == 2);
  CHECK(sweep.removals[0].profile == "marked in the hive");
  CHECK(sweep.removals[1].profile == "left");
  CHECK(sweep.kept.empty());
}

TEST_CASE("one sweep grants at most its limit; the next one goes on") {
  TerminalServer server;
  for (unsigned i = 0; i < kMaxRemovalsPerSweep + 10; ++i) {
    server.acquire(kService, "P" + std::to_string(i), true);
  }
  server.dispatcher.process_ended(kService.holder.key, server.now);
  CHECK(server.sweep(kDesktop).removals.size() == kMaxRemovalsPerSweep);
  CHECK(server.sweep(kDesktop).removals.size() == 10);
}
