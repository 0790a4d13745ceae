#include "service/leftovers.h"

#include <algorithm>

namespace profile_broker::service {

void Leftovers::note_end_of(const Process& process) {
  for (const Reference& reference : process.references) {
    const Profile& profile = *reference.profile;
    const auto references = profile.references();
    // Once for each profile: if all of its references are this process's, the first one is, too.
    if (!profile.is_to_be_deleted() || &references.front() != &reference) {
      continue;
    }
    const bool last = std::all_of(references.begin(), references.end(),
                                  [&](const Reference& one) { return one.process == &process; });
    if (last) {
      left_by_[key_of(profile.hive->id, profile.name())] =
          "process " + std::to_string(process.holder.key.pid) + " (" + process.holder.image + ")";
    }
  }
}

void Leftovers::forget(const std::string& hive, const ProfileName& profile) {
  if (!left_by_.empty()) {
    left_by_.erase(key_of(hive, profile));
  }
}

std::string Leftovers::who_left(const std::string& hive, const ProfileName& profile) const {
  const auto found = left_by_.find(key_of(hive, profile));
  return found == left_by_.end() ? "(unknown)" : found->second;
}

}  // namespace profile_broker::service
