// What the processes of one account tell each other past the service, in the hive that they share.
// Two keys beside the marks (hive_marks.h): `Unregistered References` has the references that their
// holders could not tell the service of yet, value = the reference's UUID; `Removals` has the
// removals that are being carried out, value = the claim's UUID. The data of both is "host pid
// creation-time profile".
//
// Why: a service that was stopped in order grants removals from its first moment on, and knows
// nothing of a program that acquired a profile while it was away and has yet to register. So
// whoever acquires without the service enters the reference first and then looks for removals;
// whoever removes enters the removal first and then looks for references. Each writes before it
// reads, so of two that meet at least one sees the other, and who sees the other steps back. When
// both do, the program is told that the profile is busy and the profile is kept. No time is
// involved.
//
// A notice counts while its process lives. Those of this host's dead processes go when they are
// met; those of other hosts, which roamed here, mean nothing here and stay for their host. When the
// hive cannot be written the other side sees nothing, as without this file. This process's own
// notices count like any other's: two copies of this library may be loaded. Knows no service, holds
// no lock, any thread.
#pragma once

#include <string>

#include "client-lib/hive_marks.h"
#include "client-lib/process_stamp.h"
#include "proto/uuid.h"

namespace profile_broker::client {

class HiveNotices {
 public:
  // Beside those marks.
  explicit HiveNotices(const HiveMarks& marks);

  // Before a program is told that it has a reference that the service does not know. False: the
  // profile is being removed just now, and nothing is entered.
  bool enter_reference(const Uuid& id, const ProfileName& profile) const;
  // For a reference that the program has already, whatever is going on.
  void enter_kept_reference(const Uuid& id, const ProfileName& profile) const;
  void leave_reference(const Uuid& id) const;
  bool has_reference_to(const ProfileName& profile) const;

  // Before a profile is removed. False: a process uses it, and nothing is entered.
  bool enter_removal(const std::string& claim, const ProfileName& profile) const;
  void leave_removal(const std::string& claim) const;
  // Whether this process has entered a removal of that profile.
  bool has_own_removal_of(const ProfileName& profile) const;

 private:
  HiveValues references_;
  HiveValues removals_;
};

// The data of a notice that a process of this host makes.
std::string notice_data(const ProcessStamp& process, const ProfileName& profile);

}  // namespace profile_broker::client
