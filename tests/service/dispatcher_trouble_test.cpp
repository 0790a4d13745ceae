// What the dispatcher does when something is missing: recovery time, answers, room, the journal;
// and what subscribers hear.
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

TEST_CASE(
    "while recovering a reference finds its way back to a profile whose deletion was deferred") {
  TerminalServer server;
  server.dispatcher.set_recovering(true);
  server.remove(kDesktop, "A");  // whose holder has yet to register again
  CHECK(server.refused(kService, call::Acquire{profile_name("A"), std::nullopt, false, ""}) ==
        Reason::deletion_deferred);  // without a name it is a new one
  CHECK(server.ok<result::Acquire>(kService, acquire_as("A", numbered_uuid(1))).deletion_deferred);
  server.dispatcher.set_recovering(false);
  CHECK(server.refused(kDesktop, acquire_as("A", numbered_uuid(2))) == Reason::deletion_deferred);
  CHECK(server.sweep(kDesktop).kept.at(0).reason == KeptReason::in_use);
  CHECK(server.release(kService, numbered_uuid(1)).removal);
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

TEST_CASE("a claim that a crash left with its process is given again to it while recovering") {
  TerminalServer server;
  const auto first = server.remove(kDesktop, "D", 1);
  server.dispatcher.connection_closed(1);
  server.dispatcher.set_recovering(true);
  const auto again = server.remove(kDesktop, "D", 2);
  REQUIRE(again.removal);
  CHECK(again.removal->claim == first.removal->claim);
  server.dispatcher.connection_closed(2);
  CHECK(server.sweep(kDesktop, {"D"}, 3).removals.at(0).claim == first.removal->claim);
  CHECK(server.sweep(kService, {"D"}).kept.at(0).reason == KeptReason::being_removed);
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
