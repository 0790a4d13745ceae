#include "service/next_journal.h"

#include "tests/service/journal_run.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

Holder holder_in(unsigned hive) {
  return {{hive, hive}, "S-" + std::to_string(hive), 2, "a.exe"};
}

}  // namespace

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
      const Holder holder = holder_in(hive);
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
      const Holder holder = holder_in(hive);
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
      REQUIRE(run.keep(change::ProcessSeen{holder_in(hive)}));
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
