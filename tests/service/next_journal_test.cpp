#include "service/next_journal.h"

#include <random>

#include "tests/service/journal_run.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

constexpr std::uint64_t kSmall = 100;

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

TEST_CASE(
    "a disk that is slow for what comes is asked for shorter journals less often, within bounds") {
  const auto [settles_after, longest] =
      GENERATE(table<unsigned, std::uint64_t>({{0, kSmall}, {10, 320}, {1'000, 10 * kSmall}}));
  MemoryJournalFile file;
  Run run(file, "this boot", kSmall);
  REQUIRE(run.keep(change::ProcessSeen{kHolder}));
  std::uint64_t most = 0;
  for (unsigned i = 1; i < 20'000; ++i) {
    REQUIRE(run.acquire(i));
    REQUIRE(run.keep(change::Released{numbered_uuid(i)}));
    if (file.replaced == 1) {  // the first one measures the disk
      file.settles_after = settles_after;
    }
    if (file.replaced > 2) {
      most = std::max(most, run.journal.records());
    }
  }
  CHECK(most >= longest);
  CHECK(most <= longest + settles_after + kSmall);
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

TEST_CASE("a hive that holds much is described in parts, whatever happens in it meanwhile") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  std::minstd_rand random(seed);
  const auto any = [&random](unsigned below) { return static_cast<unsigned>(random() % below); };
  MemoryJournalFile file;
  std::vector<std::string> before;
  unsigned parts = 0;
  {
    Run run(file, "this boot", 20, 3);
    const auto holder = [](unsigned i) { return Holder{{i, i}, "S-1", 2, "a.exe"}; };
    const auto name = [&] { return profile_name("Profile " + std::to_string(any(60))); };
    std::vector<Uuid> references;
    std::vector<std::string> claims;
    unsigned number = 0;
    int replaced = 0;
    for (unsigned step = 0; replaced < 4; ++step) {
      REQUIRE(step < 100'000);
      const Holder who = holder(1 + any(30));
      // What the table would refuse is not kept either, as the dispatcher sees to it.
      const auto keep = [&](const Change& change) {
        ReferenceTable scratch;
        run.table.describe([&](const Change& known) { scratch.apply(known); });
        return scratch.apply(change) && run.keep(change);
      };
      const auto what = any(step < 300 ? 6 : 14);
      if (!run.table.find_process(who.key)) {
        REQUIRE(run.keep(change::ProcessSeen{who}));
      } else if (what < 5) {
        const auto id = numbered_uuid(++number);
        if (keep(change::Acquired{id, who.key, name(), any(4) == 0, {}, ""})) {
          references.push_back(id);
        }
      } else if (what < 10 && !references.empty()) {
        std::swap(references[any(static_cast<unsigned>(references.size()))], references.back());
        keep(change::Released{references.back()});
        references.pop_back();
      } else if (what == 10) {
        keep(change::ProcessEnded{who.key});
      } else if (what == 11) {
        keep(any(2) == 0 ? Change(change::Deferred{"S-1", name()})
                         : Change(change::MadeTemporary{"S-1", name()}));
      } else if (what == 12) {
        keep(change::Undeleted{"S-1", name()});
      } else if (any(2) == 0) {
        const auto id = numbered_uuid_text(++number);
        if (keep(change::Claimed{id, who.key, name(), {}, {}})) {
          claims.push_back(id);
        }
      } else if (!claims.empty()) {
        keep(change::Finished{claims.back(), any(2) == 0});
        claims.pop_back();
      }
      parts += file.next.has_value();
      if (file.replaced > replaced) {
        replaced = file.replaced;
        MemoryJournalFile copy;
        copy.content = file.content;
        const Run again(copy, "this boot", 20, 3);
        REQUIRE(again.replayed.damaged_lines == 0);
        REQUIRE(description_of(again.table) == description_of(run.table));
      }
    }
    before = description_of(run.table);
  }
  CHECK(parts > 100);
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
