#include "service/recovery.h"

#include "tests/service/memory_journal_file.h"
#include "tests/service/remembering_log.h"
#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

const Holder kAlive{{10, 1}, "S-1", 2, "a.exe"};
const Holder kEnded{{11, 1}, "S-1", 2, "b.exe"};

bool only_alive(const ProcessKey& key) {
  return key == kAlive.key;
}

// A run of a service on a file that outlives it.
struct Run {
  explicit Run(MemoryJournalFile& file)
      : journal(file, table, log,
                [] {
                  return JournalOpened{1, "1.0", "", "this boot", {}};
                }),
        replayed(std::get<Replayed>(journal.replay_into(table))),
        recovery(recover(table, replayed, only_alive)) {
    journal.begin_run(recovery.ended);
  }
  void hold(const Holder& holder, unsigned id) {
    for (const Change& change :
         {Change(change::ProcessSeen{holder}),
          Change(
              change::Acquired{numbered_uuid(id), holder.key, profile_name("A"), false, {}, ""})}) {
      REQUIRE(journal.keep(change));
      REQUIRE(table.apply(change));
    }
  }

  ReferenceTable table;
  RememberingLog log;
  Journal journal;
  Replayed replayed;
  Recovery recovery;
};

}  // namespace

TEST_CASE("holders that ended while the service was away are dropped with what they held") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.hold(kAlive, 1);
    run.hold(kEnded, 2);
  }
  const Run run(file);
  CHECK(run.recovery.processes_alive == 1);
  CHECK(run.recovery.ended.size() == 1);
  CHECK(run.recovery.references_ended == 1);
  CHECK(run.recovery.needs_time);
  CHECK(run.table.find_reference(numbered_uuid(1)));
}

TEST_CASE("a stop in order needs no recovery time at the next start") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.hold(kAlive, 1);
    close_journal(run.journal, false, {});
  }
  CHECK_FALSE(Run(file).recovery.needs_time);
}

TEST_CASE("a stop while recovering leaves the recovery time to the next start") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.hold(kAlive, 1);
  }
  {
    Run run(file);
    REQUIRE(run.recovery.needs_time);
    close_journal(run.journal, true, {});
  }
  CHECK(Run(file).recovery.needs_time);
}
