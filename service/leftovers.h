// Which program left a profile behind: it held the profile as the last one and ended without giving
// it back, so the profile waits for a sweep. For the event that tells of the deletion; nothing is
// decided here, and a restart of the service forgets it.
#pragma once

#include <string>
#include <unordered_map>

#include "service/reference_table.h"

namespace profile_broker::service {

class Leftovers {
 public:
  // process ends now; the table still has its references.
  void note_end_of(const Process& process);
  // Somebody uses the profile again, took the deletion back, or the profile is gone.
  void forget(const std::string& hive, const ProfileName& profile);

  // "process 42 (gateway.exe)", or "(unknown)".
  std::string who_left(const std::string& hive, const ProfileName& profile) const;

 private:
  static std::string key_of(const std::string& hive, const ProfileName& profile) {
    return hive + '\\' + profile.folded();
  }

  std::unordered_map<std::string, std::string> left_by_;
};

}  // namespace profile_broker::service
