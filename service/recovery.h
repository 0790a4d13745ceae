// What a start makes of the journal that it has read: which holders still run, and whether programs
// need time to register before anything is deleted. And its counterpart, how a stop leaves the
// journal. Portable and without clocks, so that tests can restart a service at any byte of its
// journal.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "service/journal.h"
#include "service/reference_table.h"

namespace profile_broker::service {

struct Recovery {
  std::size_t processes_alive = 0;
  std::vector<ProcessKey> ended;
  std::size_t references_ended = 0;
  // The last run did not stop in order: programs may have acquired what its journal does not tell.
  bool needs_time = false;
};

// Ends the processes of the table that no longer run. still_runs is asked once for each; whoever
// it says yes to must be watched from then on.
Recovery recover(ReferenceTable& table, const Replayed& replayed,
                 const std::function<bool(const ProcessKey&)>& still_runs);

// Leaves the journal to the next start. A service that is still recovering does not say that it
// stopped in order: the programs that it waits for need the next start's recovery time.
void close_journal(Journal& journal, bool recovering, WallTime now);

}  // namespace profile_broker::service
