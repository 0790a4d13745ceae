#include "service/hive_watch.h"

namespace profile_broker::service {
namespace {

bool in_use(const ReferenceTable& table, const std::string& hive) {
  const Hive* found = table.find_hive(hive);
  return found && found->references > 0;
}

void tell(const ReferenceTable& table, const std::string& hive, Log& log) {
  std::size_t programs = 0;
  const Process* one = nullptr;
  for (const auto& [key, process] : table.processes()) {
    if (process.holder.hive == hive && !process.references.empty()) {
      ++programs;
      one = &process;
    }
  }
  if (one) {
    log.report(log_event<LogEventId::hive_unloaded>(hive, programs, one->holder.key.pid,
                                                    one->holder.image));
  }
}

}  // namespace

void HiveWatch::check(const ReferenceTable& table, const std::set<std::string>& loaded, Log& log) {
  std::erase_if(seen_, [&](const auto& seen) { return !in_use(table, seen.first); });
  for (const auto& [id, hive] : table.hives()) {
    if (hive.references == 0) {
      continue;
    }
    Seen& seen = seen_[id];
    if (loaded.contains(id)) {
      seen = {true, 0};
    } else if (seen.loaded && ++seen.missing == 2) {
      tell(table, id, log);
    }
  }
}

}  // namespace profile_broker::service
