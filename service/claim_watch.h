// Notices removal claims that are held for so long that an administrator should look: while one is
// held nobody can use its profile. It only tells; a claim ends with its holder's report or process.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

#include "service/log.h"
#include "service/reference_table.h"

namespace profile_broker::service {

class ClaimWatch {
 public:
  // DeleteProfile calls every message service of the profile, some of which ask a server.
  static constexpr std::chrono::seconds kLong{120};

  // Call it every few seconds; now never jumps. Tells once of each claim.
  void check(const ReferenceTable& table, std::chrono::milliseconds now, Log& log);

 private:
  struct Seen {
    std::chrono::milliseconds first{0};
    bool told = false;
  };
  std::unordered_map<std::string, Seen> seen_;  // by claim
};

}  // namespace profile_broker::service
