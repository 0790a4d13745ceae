// Everything that can happen to the table of references, as values. The dispatcher decides a
// change, the journal keeps it, the table applies it, subscribers hear of it: always in this order,
// and a restart replays the same values. There is no other way to alter the table.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "proto/profile_name.h"
#include "proto/timestamp.h"
#include "proto/uuid.h"
#include "service/client_identity.h"

namespace profile_broker::service {

namespace change {

// A process holds its first reference or claim: from now on its end must be seen.
struct ProcessSeen {
  Holder holder;
};
// The process has ended: its references end, its claims are given up (the profiles are put back to
// what they were).
struct ProcessEnded {
  ProcessKey process;
};
struct Acquired {
  Uuid reference;
  ProcessKey process;
  ProfileName profile;
  bool temporary = false;  // true makes the profile temporary, false leaves it as it is
  WallTime since{};
  std::string label;
};
struct Released {
  Uuid reference;
};
// The profile is temporary although no acquire says so: it lost its holders, or was put back.
struct MadeTemporary {
  std::string hive;
  ProfileName profile;
};
struct Deferred {
  std::string hive;
  ProfileName profile;
};
struct Undeleted {
  std::string hive;
  ProfileName profile;
};
struct Claimed {
  std::string claim;
  ProcessKey process;
  ProfileName profile;
  std::optional<Uuid> released;  // the reference whose release was answered with this claim
  WallTime since{};
};
// removed: the profile is gone and forgotten; else it is put back to what it was.
struct Finished {
  std::string claim;
  bool removed = false;
};

}  // namespace change

using Change = std::variant<change::ProcessSeen, change::ProcessEnded, change::Acquired,
                            change::Released, change::MadeTemporary, change::Deferred,
                            change::Undeleted, change::Claimed, change::Finished>;

}  // namespace profile_broker::service
