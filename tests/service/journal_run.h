// A service's journal with the table it belongs to, for tests of what the one keeps of the other.
#pragma once

#include <string>
#include <variant>

#include "service/journal.h"
#include "tests/service/memory_journal_file.h"
#include "tests/service/remembering_log.h"
#include "tests/service/table_invariants.h"
#include "tests/service/terminal_server.h"

namespace profile_broker::service {

inline const Holder kHolder{{10, 1}, "S-1", 2, "a.exe"};

// A service's journal with the table it belongs to, on a file that outlives it.
struct Run {
  explicit Run(MemoryJournalFile& file, std::string boot = "this boot",
               std::uint64_t small_journal = 10'000, std::uint64_t lines_at_once = 4)
      : journal(
            file, table, log,
            [boot] {
              return JournalOpened{1, "1.0", numbered_uuid_text(1), boot, {}};
            },
            small_journal, lines_at_once),
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

}  // namespace profile_broker::service
