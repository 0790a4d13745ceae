#include "service/claim_watch.h"

namespace profile_broker::service {

void ClaimWatch::check(const ReferenceTable& table, std::chrono::milliseconds now, Log& log) {
  std::erase_if(seen_, [&](const auto& seen) { return !table.find_claim(seen.first); });
  for (const auto& [id, claim] : table.claims()) {
    Seen& seen = seen_.try_emplace(id, Seen{now}).first->second;
    if (seen.told || now - seen.first < kLong) {
      continue;
    }
    seen.told = true;
    const Holder& holder = claim.process->holder;
    log.report(log_event<LogEventId::claim_held_long>(
        holder.hive, holder.key.pid, holder.image, holder.session,
        std::chrono::duration_cast<std::chrono::seconds>(now - seen.first).count()));
  }
}

}  // namespace profile_broker::service
