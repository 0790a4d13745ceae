#include "service/journal.h"

#include "tests/service/journal_run.h"

using namespace profile_broker;
using namespace profile_broker::service;

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
  const auto second = file.content.find(numbered_uuid_text(2));
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
  const auto line = file.content.find(numbered_uuid_text(11));
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
    run.keep(change::Claimed{numbered_uuid_text(7), kHolder.key, profile_name("taken back"), {}});
    run.keep(change::Finished{numbered_uuid_text(7), false});
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
    run.keep(change::Claimed{numbered_uuid_text(7), remover.key, profile_name("gone"), {}});
    run.keep(change::Finished{numbered_uuid_text(7), true});
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
    run.keep(change::Claimed{numbered_uuid_text(7), kHolder.key, profile_name("A"), {}});
    run.keep(change::Finished{numbered_uuid_text(7), true});
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
    run.keep(
        change::Claimed{numbered_uuid_text(7), kHolder.key, profile_name("A"), numbered_uuid(1)});
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
    run.keep(change::Claimed{numbered_uuid_text(7), kHolder.key, profile_name("A"), {}});
    run.acquire(11, "B");
    run.acquire(12, "B");
  }
  file.content[file.content.find(numbered_uuid_text(11))] = '7';
  Run run(file);
  REQUIRE(run.table.find_claim(numbered_uuid_text(7)));
  run.table.apply(change::Finished{numbered_uuid_text(7), false});
  CHECK_FALSE(run.table.find_profile("S-1", profile_name("A")));
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
