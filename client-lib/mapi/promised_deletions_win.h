// Deletions that this process was promised while no service answered. What the service does not
// know it cannot tell; a mark alone may also be that of a temporary profile, which is not hidden.
// Any thread.
#pragma once

#include <set>
#include <string>

#include "client-lib/hive_marks.h"
#include "client-lib/mapi/exclusive_lock_win.h"

namespace profile_broker::client::mapi {

class PromisedDeletions {
 public:
  void add(const ProfileName& profile) {
    const ExclusiveLock lock(lock_);
    names().insert(profile.folded());
  }
  // As far as they still wait.
  std::set<std::string> waiting(const HiveMarks& marks) {
    std::set<std::string> found;
    const ExclusiveLock lock(lock_);
    if (names().empty()) {
      return found;
    }
    for (const auto& marked : marks.of_this_host()) {
      if (names().contains(marked.folded())) {
        found.insert(marked.folded());
      }
    }
    names() = found;
    return found;
  }

 private:
  // Made when first needed, and never destroyed: the DLL stays until the process ends.
  std::set<std::string>& names() {
    if (!names_) {
      names_ = new std::set<std::string>();
    }
    return *names_;
  }

  SRWLOCK lock_ = SRWLOCK_INIT;
  std::set<std::string>* names_ = nullptr;
};

}  // namespace profile_broker::client::mapi
