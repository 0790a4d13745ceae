#include "service/dispatcher.h"

#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

const Caller kService = caller("S-1-5-21-7", 100, 0);
const Caller kDesktop = caller("S-1-5-21-7", 200, 3);
const Caller kStranger = caller("S-1-5-21-8", 300, 4);

call::Acquire acquire_as(std::string_view profile, const std::string& reference,
                         bool temporary = false) {
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

TEST_CASE(
    "while recovering nothing is claimed: a sweep keeps, a delete is deferred, a last release "
    "leaves it") {
  TerminalServer server;
  const auto id = server.acquire(kService, "T", true);
  server.dispatcher.set_recovering(true);
  CHECK_FALSE(server.release(kService, id).removal);
  CHECK(server.sweep(kDesktop, {"X"}).kept.size() == 2);
  CHECK(server.sweep(kDesktop).kept.at(0).reason == KeptReason::recovering);
  const auto deleted = server.remove(kDesktop, "Y");
  CHECK(deleted.deferred);
  CHECK_FALSE(deleted.removal);
  CHECK(server.table.claim_count() == 0);
  server.dispatcher.set_recovering(false);
  CHECK(server.sweep(kDesktop).removals.size() == 2);
}

TEST_CASE("a notification is carried out but never granted a claim, which nobody would learn of") {
  TerminalServer server;
  const auto id = server.acquire(kService, "T", true);
  server.call(kService, call::Release{id}, 0, false);
  server.call(kService, call::Delete{profile_name("D")}, 0, false);
  server.call(kService, call::Sweep{}, 0, false);
  CHECK(server.table.claim_count() == 0);
  CHECK(server.sweep(kService).removals.size() == 2);
}

TEST_CASE("a release whose answer was lost is answered again with the same claim") {
  TerminalServer server;
  const auto id = server.acquire(kService, "T", true);
  const auto first = server.release(kService, id, 1);
  server.dispatcher.connection_closed(1);
  const auto again = server.release(kService, id, 2);
  REQUIRE(again.removal);
  CHECK(again.removal->claim == first.removal->claim);
  CHECK(server.refused(kDesktop, call::Release{id}) == Reason::not_found);
  server.finish(kService, first.removal->claim, true);
  CHECK(server.refused(kService, call::Release{id}) == Reason::not_found);
}

TEST_CASE("a claim whose connection has closed is given again to its process, with the same id") {
  TerminalServer server;
  const auto claim = server.remove(kService, "A", 1).removal->claim;
  CHECK(server.refused(kService, call::Delete{profile_name("A")}, 2) == Reason::being_removed);
  server.dispatcher.connection_closed(1);
  CHECK(server.refused(kDesktop, call::Delete{profile_name("A")}) == Reason::being_removed);
  CHECK(server.remove(kService, "A", 2).removal->claim == claim);
  CHECK(server.sweep(kService, {"A"}, 3).kept.size() == 1);
  server.dispatcher.connection_closed(2);
  CHECK(server.sweep(kService, {"A"}, 3).removals.at(0).claim == claim);
}

TEST_CASE("quotas are counted per process and per account, and name their limit") {
  ServiceLimits limits;
  limits.references_per_process = 2;
  limits.references_per_user = 3;
  TerminalServer server(limits);
  server.acquire(kService, "A");
  server.acquire(kService, "A");
  CHECK(server.refused(kService, acquire_as("A", numbered_uuid(1))) == Reason::quota_exceeded);
  server.acquire(kDesktop, "A");
  CHECK(server.refused(kDesktop, acquire_as("B", numbered_uuid(1))) == Reason::quota_exceeded);
  server.acquire(kStranger, "A");
}

TEST_CASE("an account cannot make the service remember names without bound") {
  ServiceLimits limits;
  limits.profiles_per_user = 2;
  TerminalServer server(limits);
  server.acquire(kService, "A", true);
  server.acquire(kService, "B", true);
  server.dispatcher.process_ended(kService.holder.key, server.now);
  CHECK(server.refused(kDesktop, acquire_as("C", numbered_uuid(1))) == Reason::quota_exceeded);
  CHECK(server.refused(kDesktop, call::Delete{profile_name("C")}) == Reason::quota_exceeded);
  CHECK(server.sweep(kDesktop, {"C", "D"}).removals.size() ==
        2);  // A and B: to be rid of them needs no room
}

TEST_CASE("what cannot be remembered is not promised") {
  TerminalServer server;
  const auto id = server.acquire(kService, "T", true);
  const auto other = server.acquire(kService, "U", true);
  server.journal.broken = true;
  CHECK(server.refused(kDesktop, acquire_as("A", numbered_uuid(1))) == Reason::journal_unavailable);
  CHECK(server.refused(kDesktop, call::Delete{profile_name("A")}) == Reason::journal_unavailable);
  CHECK(server.refused(kDesktop, call::Delete{profile_name("T")}) == Reason::journal_unavailable);
  CHECK(server.refused(kDesktop, call::Undelete{profile_name("T")}) == Reason::journal_unavailable);
  CHECK_FALSE(server.release(kService, id).removal);
  CHECK(server.sweep(kDesktop).removals.empty());
  CHECK(server.query(kDesktop, "U").references == 1);
  server.journal.broken = false;
  CHECK(server.sweep(kDesktop).removals.size() == 1);
  CHECK(server.release(kService, other).removal);
}

TEST_CASE("a process that changes its account cannot act on either") {
  TerminalServer server;
  server.acquire(kService, "A");
  auto impostor = kService;
  impostor.holder.hive = "S-1-5-21-8";
  CHECK(server.refused(impostor, acquire_as("A", numbered_uuid(1))) == Reason::access_denied);
  CHECK(server.refused(impostor, call::Sweep{}) == Reason::access_denied);
}

TEST_CASE("a stopping service refuses instead of guessing") {
  TerminalServer server;
  server.dispatcher.set_stopping();
  CHECK(server.refused(kService, acquire_as("A", numbered_uuid(1))) == Reason::stopping);
  CHECK(server.refused(kService, call::Sweep{}) == Reason::stopping);
}

TEST_CASE("a holder's process is watched from its first reference or claim on, once") {
  TerminalServer server;
  server.query(kService, "A");
  CHECK(server.watch.watched.empty());
  server.acquire(kService, "A");
  server.acquire(kService, "B");
  server.remove(kDesktop, "C");
  CHECK(server.watch.watched == std::vector<ProcessKey>{kService.holder.key, kDesktop.holder.key});
}

TEST_CASE("what the journal kept makes the same table again") {
  TerminalServer server;
  const auto id = server.acquire(kService, "A", true);
  server.acquire(kDesktop, "B");
  server.remove(kStranger, "B");
  server.remove(kService, "B");
  server.release(kService, id);
  ReferenceTable again;
  for (const auto& change : server.journal.changes) {
    REQUIRE(again.apply(change));
  }
  CHECK(again.reference_count() == server.table.reference_count());
  CHECK(again.claim_count() == 2);
  CHECK(again.profile_count() == server.table.profile_count());
}

TEST_CASE("subscribers hear of their hive, in order, with numbers of their own") {
  TerminalServer server;
  RememberingSubscriber own;
  RememberingSubscriber all;
  server.call(kDesktop, call::Subscribe{}, 0, true, &own);
  server.call(caller("S-1-5-18", 1, 0, true), call::Subscribe{true, std::nullopt}, 0, true, &all);

  const auto id = server.acquire(kService, "T", true);
  server.remove(kDesktop, "T");
  server.remove(kDesktop, "T");  // deferred already: no news
  server.ok<result::Undelete>(kDesktop, call::Undelete{profile_name("T")});
  server.remove(kDesktop, "T");
  const auto removal = server.release(kService, id).removal;
  server.finish(kService, removal->claim, false);
  server.finish(kDesktop, server.sweep(kDesktop).removals.at(0).claim, true);
  server.acquire(kStranger, "S");
  server.dispatcher.process_ended(kStranger.holder.key, server.now);

  CHECK(own.words() == std::vector<std::string>{"acquired", "temporary", "deferred", "undeleted",
                                                "deferred", "released", "claimed", "kept",
                                                "claimed", "removed"});
  CHECK(all.words().size() == own.words().size() + 2);
  CHECK(all.words().back() == "processEnded");
  for (std::size_t i = 0; i < own.events.size(); ++i) {
    CHECK(own.events[i].sequence == i + 1);
    CHECK(own.events[i].hive == "S-1-5-21-7");
  }
  CHECK(own.events[0].process == 100U);
  CHECK(own.events[0].reference == id);
}

TEST_CASE("a claim given up by the end of its process is told as kept") {
  TerminalServer server;
  RememberingSubscriber heard;
  server.call(kDesktop, call::Subscribe{}, 0, true, &heard);
  server.remove(kService, "A");
  server.dispatcher.process_ended(kService.holder.key, server.now);
  CHECK(heard.words() == std::vector<std::string>{"claimed", "kept"});
}
