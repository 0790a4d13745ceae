// Notices that Windows unloaded the registry hive of an account whose programs still use profiles:
// they fail as if their profile had been deleted (0x800703FA), and an administrator who looks for
// the reason should find it here. Pure; which hives are loaded, loaded_hives.h knows.
#pragma once

#include <set>
#include <string>
#include <unordered_map>

#include "service/log.h"
#include "service/reference_table.h"

namespace profile_broker::service {

class HiveWatch {
 public:
  // Call it every few seconds. An account's hive must have been loaded while it was in use, and be
  // missing twice in a row, since programs end at a logoff just before their hive goes. Told once,
  // until it is loaded again.
  void check(const ReferenceTable& table, const std::set<std::string>& loaded, Log& log);

 private:
  struct Seen {
    bool loaded = false;
    int missing = 0;  // times in a row
  };
  std::unordered_map<std::string, Seen> seen_;  // hives in use
};

}  // namespace profile_broker::service
