// The bookkeeping behind process_watch.h.
#include "service/process_watch.h"

#include <utility>

namespace profile_broker::service {

ProcessWatch::Watched& ProcessWatch::entry_for(std::unique_ptr<ProcessPin> pin) {
  const ProcessKey key = pin->key();
  Watched& watched = watched_[key];
  if (!watched.pin) {
    watched.pin = std::move(pin);
    try {
      watched.pin->wait_for_end([this, key] {
        watched_.erase(key);
        ended_(key);
      });
    } catch (...) {  // out of memory: a process that nobody waits for must not count as watched
      watched_.erase(key);
      throw;
    }
  }
  return watched;
}

ProcessKey ProcessWatch::connection_begins(std::unique_ptr<ProcessPin> pin) {
  const ProcessKey key = pin->key();
  ++entry_for(std::move(pin)).connections;
  return key;
}

void ProcessWatch::connection_ends(const ProcessKey& process) {
  const auto found = watched_.find(process);
  if (found != watched_.end() && --found->second.connections == 0 && !found->second.holds) {
    watched_.erase(found);
  }
}

void ProcessWatch::watch(const ProcessKey& process) {
  if (const auto found = watched_.find(process); found != watched_.end()) {
    found->second.holds = true;
  }
}

std::string ProcessWatch::image_of(const ProcessKey& process) const {
  const auto found = watched_.find(process);
  return found == watched_.end() ? "(ended)" : found->second.pin->image();
}

void ProcessWatch::adopt(std::unique_ptr<ProcessPin> pin) {
  entry_for(std::move(pin)).holds = true;
}

}  // namespace profile_broker::service
