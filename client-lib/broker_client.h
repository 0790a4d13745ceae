// What the library does for a MAPI program, call by call: the order of mark, question, removal and
// report that keeps the promises of both sides. The C functions and the command-line tool are thin
// over it. Any thread, any time; no lock is held while a remover runs.
//
// A mark is written before the service is asked and taken away after the profile is gone but before
// the service is told so: until then the claim keeps everybody else from acquiring the profile, so
// the mark taken away is never a newer one. What the service does not know of, the account's
// processes learn from each other in the hive: hive_notices.h.
#pragma once

#include <cstdint>
#include <vector>

#include "client-lib/hive_marks.h"
#include "client-lib/hive_notices.h"
#include "client-lib/ledger.h"
#include "client-lib/remover.h"
#include "client-lib/retry_timer.h"
#include "client-lib/session.h"

namespace profile_broker::client {

class BrokerClient {
 public:
  BrokerClient(Endpoint endpoint, HiveMarks marks);

  // HRESULTs as client.h says. The texts of failures are for people.
  struct Done {
    std::uint32_t result = hresult::kOk;
    std::string text;     // why, when it failed
    bool absent = false;  // no service answered
  };

  Done acquire(const ProfileName& profile, bool temporary, Ledger::Handle& handle);
  Done release(Ledger::Handle handle);
  Done delete_profile(const ProfileName& profile, bool& deferred);
  // With a way of its own to delete this profile; what it answers is the result.
  Done delete_profile(const ProfileName& profile, const Remover& remover, bool& deferred);
  // The profile is neither temporary nor to be deleted any more.
  Done undelete(const ProfileName& profile);

  struct Usage {
    ProfileReport report;  // references that the service does not know are counted
    std::uint32_t own_references = 0;
  };
  Outcome<Usage> query(const ProfileName& profile);

  struct Swept {
    std::vector<std::string> removed;
    struct Failed {
      std::string profile;
      std::uint32_t result;
    };
    std::vector<Failed> failed;  // still there, still marked
    std::vector<Kept> kept;
  };
  // What was removed until a failure stays removed, and is told in swept. After `until` no removal
  // is begun; what is left then stays marked.
  Done sweep(Swept& swept, Deadline until = Deadline::max());

  // Does to the profile what `work` does, while no process of the machine uses it or can begin to;
  // afterwards the profile of that name is gone, if work says so with a success. in_use: nothing
  // was done, because some process uses the profile or nobody knows.
  Done while_unused(const ProfileName& profile, const Remover& work, bool& in_use);

  // Whether this process is deleting the profile just now, by this or another copy of the library.
  bool is_removing_here(const ProfileName& profile) const;

  struct Standing {
    bool available = false;
    result::Status status;
    bool elevated = false;
    Ledger::Counts own;
  };
  Standing standing();

  // Empty: back to the default.
  void set_remover(Remover remover);
  bool has_remover() const;

  template <typename R>
  Outcome<R> ask(const Call& call) {
    Patience patience;
    return session_.ask<R>(call, patience);
  }

 private:
  // held: by a reference that the service does not know, in this process or in another one.
  enum class Removed { yes, was_gone, failed, no_remover, held, by_another_thread };
  struct Removing {
    Removed how;
    std::uint32_t result = hresult::kOk;
  };
  // What the program is told of a reference that it gets while no service answers.
  Done keep_without_service(Ledger::Handle handle, const Uuid& id, const ProfileName& profile,
                            const Failure& absence);
  // Removes what the claim is for and reports.
  Removing carry_out(const Removal& removal, Patience& patience, const Remover& remover);
  Removing remove_unless_held(const Removal& removal, const Remover& remover) const;
  static bool is_gone(Removed how);
  static Removing run_remover(const Remover& remover, const Removal& removal);
  void report(const Removal& removal, bool removed, Patience& patience);
  Remover remover() const;
  std::vector<std::vector<ProfileName>> marked_profiles() const;
  Done sweep_some(std::vector<ProfileName> names, Swept& swept, Deadline until);
  void sweep_one(const Removal& removal, bool try_it, Swept& swept);
  void settle_later();

  const HiveMarks marks_;
  const HiveNotices notices_;
  Ledger ledger_;
  Session session_;
  mutable DeadlineLock remover_lock_;
  Remover remover_;
  RetryTimer timer_;  // last: its work uses the others
};

}  // namespace profile_broker::client
