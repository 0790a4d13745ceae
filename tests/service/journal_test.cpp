#include "service/journal.h"

#include "tests/service/memory_journal_file.h"
#include "tests/service/remembering_log.h"
#include "tests/service/table_invariants.h"
#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

const Holder kHolder{{10, 1}, "S-1", 2, "a.exe"};

// A service's journal with the table it belongs to, on a file that outlives it.
struct Run {
  explicit Run(MemoryJournalFile& file, std::string boot = "this boot",
               std::uint64_t small_journal = 10'000)
      : journal(
            file, table, log,
            [boot] {
              return JournalOpened{1, "1.0", numbered_uuid(1), boot, {}};
            },
            small_journal, 4),
        replayed(std::get<Replayed>(journal.replay_into(table))) {}

  bool keep(const Change& change) { return journal.keep(change) && table.apply(change); }
  bool acquire(unsigned id, std::string_view profile = "A") {
    return keep(
        change::Acquired{numbered_uuid(id), kHolder.key, profile_name(profile), false, {}, ""});
  }

  ReferenceTable table;
  RememberingLog log;
  Journal journal;
  Replayed replayed;
};

}  // namespace

TEST_CASE("what was kept is there after a crash, which is seen as one") {
  MemoryJournalFile file;
  {
    Run run(file);
    CHECK(run.replayed.nothing);
    CHECK(run.keep(change::ProcessSeen{kHolder}));
    CHECK(run.acquire(1));
    CHECK(run.acquire(2));
    CHECK(run.keep(change::Released{numbered_uuid(1)}));
  }
  Run again(file);
  CHECK(again.table.reference_count() == 1);
  CHECK_FALSE(again.replayed.nothing);
  CHECK_FALSE(again.replayed.closed_cleanly);
  CHECK(again.replayed.damaged_lines == 0);
}

TEST_CASE("a clean close is seen as one, until something follows it") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1);
    run.journal.close_cleanly({});
  }
  {
    Run again(file);
    CHECK(again.replayed.closed_cleanly);
    again.acquire(2);
  }
  CHECK_FALSE(Run(file).replayed.closed_cleanly);
}

TEST_CASE("a service that had nothing to remember is seen to have run, and how it ended") {
  MemoryJournalFile file;
  {
    Run run(file);
    CHECK(run.replayed.nothing);  // the first start of all
    run.journal.rewrite();
  }
  {
    Run after_kill(file);
    CHECK_FALSE(after_kill.replayed.nothing);
    CHECK_FALSE(after_kill.replayed.closed_cleanly);
    after_kill.journal.rewrite();
    after_kill.journal.close_cleanly({});
  }
  CHECK(Run(file).replayed.closed_cleanly);
}

TEST_CASE("a journal cut at any byte loses at most the record that was being written") {
  MemoryJournalFile whole;
  {
    Run run(whole);
    run.keep(change::ProcessSeen{kHolder});
    for (unsigned i = 1; i <= 5; ++i) {
      run.acquire(i);
    }
  }
  for (std::size_t cut = 0; cut <= whole.content.size(); ++cut) {
    MemoryJournalFile file;
    file.content = whole.content.substr(0, cut);
    const auto complete =
        static_cast<std::size_t>(std::count(file.content.begin(), file.content.end(), '\n'));
    Run run(file);
    REQUIRE(run.replayed.damaged_lines == 0);
    REQUIRE(run.table.reference_count() ==
            (complete > 2 ? complete - 2 : 0));  // two lines precede the first one
  }
}

TEST_CASE("damaged lines are kept aside and reported, the others count") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    for (unsigned i = 1; i <= 3; ++i) {
      run.acquire(i);
    }
    run.journal.close_cleanly({});
  }
  const auto second = file.content.find(numbered_uuid(2));
  file.content[second] = '7';
  Run run(file);
  CHECK(run.table.reference_count() == 2);
  CHECK(run.replayed.damaged_lines == 1);
  CHECK_FALSE(run.replayed.closed_cleanly);  // what the lost line said is not known
  CHECK(run.log.warnings == 1);
  CHECK(run.log.count(LogEventId::journal_damaged) == 1);
  CHECK(file.aside.find('\n') == file.aside.size() - 1);
  CHECK(run.journal.damaged_lines() == 1);
}

TEST_CASE("a line that is missing between others is seen by the numbers, and is no orderly stop") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(11);
    run.acquire(12);
    run.journal.close_cleanly({});
  }
  const auto line = file.content.find(numbered_uuid(11));
  const auto begin = file.content.rfind('\n', line) + 1;
  file.content.erase(begin, file.content.find('\n', line) + 1 - begin);
  Run run(file);
  CHECK(run.replayed.damaged_lines == 1);
  CHECK_FALSE(run.replayed.closed_cleanly);
  CHECK(run.log.warnings == 1);
  CHECK(run.table.reference_count() == 1);
}

TEST_CASE("a deletion that a lost line may have taken back is not carried out") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.keep(change::Deferred{"S-1", profile_name("taken back")});
    run.keep(change::Claimed{numbered_uuid(7), kHolder.key, profile_name("taken back"), ""});
    run.keep(change::Finished{numbered_uuid(7), false});
    run.keep(change::Undeleted{"S-1", profile_name("taken back")});
    run.keep(change::Deferred{"S-1", profile_name("deferred later")});
  }
  file.content[file.content.find("undeleted")] = 'U';
  Run run(file);
  CHECK(run.replayed.damaged_lines == 1);
  CHECK_FALSE(run.table.find_profile("S-1", profile_name("taken back")));
  CHECK(run.table.find_profile("S-1", profile_name("deferred later")));
}

TEST_CASE("a deletion that was carried out under a lost claim is not carried out again") {
  const Holder remover{{11, 1}, "S-1", 2, "b.exe"};
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{remover});
    run.keep(change::Deferred{"S-1", profile_name("gone")});
    run.keep(change::Claimed{numbered_uuid(7), remover.key, profile_name("gone"), ""});
    run.keep(change::Finished{numbered_uuid(7), true});
  }
  file.content[file.content.find("processSeen")] = 'P';
  Run run(file);
  CHECK(run.replayed.damaged_lines == 3);
  CHECK_FALSE(run.table.find_profile("S-1", profile_name("gone")));
}

TEST_CASE("a claim that a later line proves ended does not cost the reference that came after it") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.keep(change::Claimed{numbered_uuid(7), kHolder.key, profile_name("A"), ""});
    run.keep(change::Finished{numbered_uuid(7), true});
    run.acquire(1, "A");
  }
  file.content[file.content.find("finished")] = 'F';
  Run run(file);
  CHECK(run.table.claim_count() == 0);
  CHECK(run.table.reference_count() == 1);
  CHECK(run.replayed.damaged_lines == 1);
}

TEST_CASE("references that a later claim proves released do not cost the claim") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1, "A");
    run.keep(change::Released{numbered_uuid(1)});
    run.keep(change::Claimed{numbered_uuid(7), kHolder.key, profile_name("A"), numbered_uuid(1)});
  }
  file.content[file.content.find("\"released\"") + 1] = 'R';
  Run run(file);
  CHECK(run.table.claim_count() == 1);
  CHECK(run.table.reference_count() == 0);
}

TEST_CASE(
    "a claim under way survives lost lines, and leaves nothing to be deleted when it is given up") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.keep(change::Deferred{"S-1", profile_name("A")});
    run.keep(change::Claimed{numbered_uuid(7), kHolder.key, profile_name("A"), ""});
    run.acquire(11, "B");
    run.acquire(12, "B");
  }
  file.content[file.content.find(numbered_uuid(11))] = '7';
  Run run(file);
  REQUIRE(run.table.find_claim(numbered_uuid(7)));
  run.table.apply(change::Finished{numbered_uuid(7), false});
  CHECK_FALSE(run.table.find_profile("S-1", profile_name("A")));
}

TEST_CASE(
    "a start after a crash leaves a file that tells the next start of it, even with nothing in "
    "use") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
  }
  {
    Run run(file);
    run.table.apply(change::ProcessEnded{kHolder.key});
    run.journal.rewrite();
  }
  Run again(file);
  CHECK_FALSE(again.replayed.nothing);
  CHECK_FALSE(again.replayed.closed_cleanly);
}

TEST_CASE("a line that stands twice counts once") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1);
  }
  const auto last = file.content.rfind("{\"crc\"");
  file.content += file.content.substr(last);
  Run run(file);
  CHECK(run.table.reference_count() == 1);
  CHECK(run.replayed.damaged_lines == 1);
}

TEST_CASE("a journal of an earlier boot is known as one") {
  MemoryJournalFile file;
  {
    Run run(file, "earlier boot");
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1);
  }
  CHECK(Run(file).replayed.other_boot);
  CHECK_FALSE(Run(file, "earlier boot").replayed.other_boot);
}

TEST_CASE("a journal that is mostly history is rewritten shorter, and loses nothing") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1, "stays");
    for (unsigned i = 2; i < 12'000; ++i) {
      REQUIRE(run.acquire(i));
      REQUIRE(run.keep(change::Released{numbered_uuid(i)}));
    }
    CHECK(file.replaced > 0);
    CHECK(run.journal.records() < 12'000);
  }
  Run again(file);
  CHECK(again.table.reference_count() == 1);
  CHECK(again.table.find_profile("S-1", profile_name("stays")));
  CHECK(again.replayed.damaged_lines == 0);
}

TEST_CASE("a large table is written anew a few lines at a time, and changes meanwhile are in it") {
  MemoryJournalFile file;
  std::vector<std::string> before;
  unsigned changes_meanwhile = 0;
  {
    Run run(file, "this boot", 100);
    for (unsigned hive = 1; hive <= 20; ++hive) {
      const Holder holder{{hive, hive}, "S-" + std::to_string(hive), 2, "a.exe"};
      REQUIRE(run.keep(change::ProcessSeen{holder}));
      for (unsigned i = 1; i <= 3; ++i) {
        REQUIRE(run.keep(change::Acquired{numbered_uuid(hive * 10 + i),
                                          holder.key,
                                          profile_name("P" + std::to_string(i)),
                                          i == 1,
                                          {},
                                          ""}));
      }
    }
    // In all hives in turn, those that are described already and those that are not.
    for (unsigned i = 0; file.replaced == 0; ++i) {
      const unsigned hive = 1 + i % 20;
      const auto id = numbered_uuid(1'000 + i);
      REQUIRE(run.keep(change::Acquired{id, {hive, hive}, profile_name("New"), false, {}, "x"}));
      if (i % 3 != 0) {
        REQUIRE(run.keep(change::Released{id}));
      }
      if (i % 7 == 0) {
        REQUIRE(run.keep(change::Deferred{"S-" + std::to_string(hive), profile_name("P2")}));
      }
      changes_meanwhile += file.next && file.replaced == 0;
      REQUIRE(i < 10'000);
    }
    REQUIRE(run.keep(change::ProcessEnded{{7, 7}}));
    REQUIRE(run.keep(change::ProcessSeen{{{30, 30}, "S-30", 2, "a.exe"}}));
    CHECK(file.replaced == 1);
    before = description_of(run.table);
  }
  CHECK(changes_meanwhile > 5);
  Run again(file);
  CHECK(again.replayed.damaged_lines == 0);
  CHECK(description_of(again.table) == before);
}

TEST_CASE("a hive that is gone and comes again while the journal is written anew is in it once") {
  MemoryJournalFile file;
  std::vector<std::string> before;
  {
    Run run(file, "this boot", 100);
    const auto see = [&](unsigned hive) {
      const Holder holder{{hive, hive}, "S-" + std::to_string(hive), 2, "a.exe"};
      REQUIRE(run.keep(change::ProcessSeen{holder}));
      REQUIRE(run.keep(
          change::Acquired{numbered_uuid(hive), holder.key, profile_name("A"), false, {}, ""}));
    };
    for (unsigned hive = 1; hive <= 30; ++hive) {
      see(hive);
    }
    for (unsigned i = 0; file.replaced == 0; ++i) {
      const unsigned hive = 1 + i * 7 % 30;
      REQUIRE(run.keep(change::ProcessEnded{{hive, hive}}));
      see(hive);
      REQUIRE(i < 10'000);
    }
    before = description_of(run.table);
  }
  Run again(file);
  CHECK(again.replayed.damaged_lines == 0);
  CHECK(description_of(again.table) == before);
}

TEST_CASE("a service that dies while its journal is written anew has lost nothing") {
  MemoryJournalFile file;
  std::vector<std::string> before;
  {
    Run run(file, "this boot", 100);
    for (unsigned hive = 1; hive <= 30; ++hive) {
      REQUIRE(run.keep(change::ProcessSeen{{{hive, hive}, "S-" + std::to_string(hive), 2, "a"}}));
    }
    for (unsigned i = 0; !file.next; ++i) {
      const ProcessKey key{1 + i % 30, 1 + i % 30};
      const auto id = numbered_uuid(1'000 + i);
      REQUIRE(run.keep(change::Acquired{id, key, profile_name("A"), false, {}, ""}));
      REQUIRE((i == 0 || run.keep(change::Released{id})));
    }
    before = description_of(run.table);
  }
  Run again(file);
  CHECK(file.replaced == 0);
  CHECK_FALSE(file.next);
  CHECK(again.replayed.damaged_lines == 0);
  CHECK(description_of(again.table) == before);
}

TEST_CASE("a start goes on with a large journal that is whole, and writes a damaged one anew") {
  MemoryJournalFile file;
  {
    Run run(file, "this boot", 4);
    run.keep(change::ProcessSeen{kHolder});
    run.keep(change::ProcessSeen{{{11, 1}, "S-1", 2, "b.exe"}});
    run.acquire(1);
    run.acquire(2);
  }
  const auto first = file.content;
  {
    Run run(file, "this boot", 4);
    REQUIRE(run.table.apply(change::ProcessEnded{{11, 1}}));
    CHECK(run.journal.begin_run({{11, 1}}));
    CHECK(file.content.starts_with(first));
    CHECK(file.replaced == 0);
    CHECK(run.acquire(3));
  }
  {
    Run run(file, "this boot", 4);
    CHECK(run.replayed.damaged_lines == 0);
    CHECK(run.table.reference_count() == 3);
    CHECK_FALSE(run.table.find_process({11, 1}));
    CHECK_FALSE(run.replayed.closed_cleanly);
  }
  SECTION("one that was torn") {
    file.content.pop_back();
  }
  SECTION("one with a damaged line") {
    file.content[3] = '?';
  }
  Run run(file, "this boot", 4);
  CHECK(run.journal.begin_run(std::vector<ProcessKey>{}));
  CHECK(file.replaced == 1);
  CHECK(Run(file, "this boot", 4).replayed.damaged_lines == 0);
}

TEST_CASE("a start writes the journal of another boot anew") {
  MemoryJournalFile file;
  {
    Run run(file, "earlier boot");
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1);
  }
  Run run(file, "this boot", 4);
  REQUIRE(run.table.apply(change::ProcessEnded{kHolder.key}));
  CHECK(run.journal.begin_run({kHolder.key}));
  CHECK(file.replaced == 1);
}

TEST_CASE("a start writes a small journal anew") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1);
    run.acquire(2);
  }
  Run run(file);
  CHECK(run.journal.begin_run(std::vector<ProcessKey>{}));
  CHECK(file.replaced == 1);
}

TEST_CASE("a start writes a journal anew that is mostly history") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    for (unsigned i = 1; i < 20; ++i) {
      run.acquire(i);
      run.keep(change::Released{numbered_uuid(i)});
    }
  }
  Run run(file, "this boot", 4);
  CHECK(run.journal.begin_run(std::vector<ProcessKey>{}));
  CHECK(file.replaced == 1);
}

TEST_CASE("a journal that cannot be replaced grows on, and nobody is refused for it") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    file.kept_open = true;
    for (unsigned i = 1; i < 20'000; ++i) {
      REQUIRE(run.acquire(i));
      REQUIRE(run.keep(change::Released{numbered_uuid(i)}));
    }
    CHECK(run.log.warnings == 2);  // at 10,000 records and at twice as many
    CHECK(run.log.count(LogEventId::journal_grows) == 2);
    CHECK(run.acquire(20'000));
    file.kept_open = false;
    for (unsigned i = 20'001; i < 30'000; ++i) {
      REQUIRE(run.acquire(i));
      REQUIRE(run.keep(change::Released{numbered_uuid(i)}));
    }
    CHECK(file.replaced > 0);
  }
  Run again(file);
  CHECK(again.table.reference_count() == 1);
  CHECK(again.replayed.damaged_lines == 0);
}

TEST_CASE("a full disk is said once, refuses what cannot be remembered, and mends itself") {
  MemoryJournalFile file;
  {
    Run run(file);
    run.keep(change::ProcessSeen{kHolder});
    run.acquire(1);
    file.full = true;
    CHECK_FALSE(run.acquire(2));
    CHECK_FALSE(run.acquire(3));
    run.journal.retry();
    CHECK_FALSE(run.journal.writable());
    CHECK(run.journal.error() == "disk full");
    CHECK(run.log.warnings == 1);
    CHECK(run.log.count(LogEventId::journal_trouble) == 1);
    run.table.apply(change::Released{numbered_uuid(1)});  // happened although it could not be kept
    file.full = false;
    run.journal.retry();
    CHECK(run.journal.writable());
    CHECK(run.log.count(LogEventId::journal_mended) == 1);
    CHECK(run.acquire(4));
  }
  Run again(file);
  CHECK(again.table.reference_count() == 1);
  CHECK(again.table.find_reference(numbered_uuid(4)));
}

TEST_CASE("a journal that somebody removed is said once, and written anew from the table") {
  MemoryJournalFile file;
  Run run(file);
  CHECK(run.keep(change::ProcessSeen{kHolder}));
  CHECK(run.acquire(1));
  run.journal.look();
  CHECK(run.journal.writable());
  file.content.clear();
  file.removed = true;
  run.journal.look();
  run.journal.look();
  CHECK_FALSE(run.journal.writable());
  CHECK_FALSE(run.acquire(2));
  CHECK(run.log.count(LogEventId::journal_trouble) == 1);
  run.journal.retry();
  CHECK(run.journal.writable());
  CHECK(run.acquire(2));
  CHECK(Run(file).table.reference_count() == 2);
}
