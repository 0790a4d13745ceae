// Looking up the journal's holders (recovery.h).
#include "service/recovery.h"

#include <vector>

namespace profile_broker::service {

Recovery recover(ReferenceTable& table, const Replayed& replayed,
                 const std::function<bool(const ProcessKey&)>& still_runs) {
  std::vector<ProcessKey> holders;
  for (const auto& [key, process] : table.processes()) {
    holders.push_back(key);
  }
  const std::size_t before = table.reference_count();
  Recovery recovery;
  for (const ProcessKey& key : holders) {
    if (!replayed.other_boot && still_runs(key)) {
      ++recovery.processes_alive;
    } else {
      table.apply(change::ProcessEnded{key});
      recovery.ended.push_back(key);
    }
  }
  recovery.references_ended = before - table.reference_count();
  recovery.needs_time = !replayed.nothing && !replayed.closed_cleanly;
  return recovery;
}

void close_journal(Journal& journal, bool recovering, WallTime now) {
  if (recovering) {
    journal.retry();
  } else {
    journal.close_cleanly(now);
  }
}

}  // namespace profile_broker::service
