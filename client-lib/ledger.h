// What this process has to do with the service, whether the service is there or not: the references
// it holds, the removals it is at, and the errands it owes (what could not be told, or whose answer
// got lost). Pure state behind one short lock; no I/O. Two promises rest on that lock:
// a profile is never removed by this process while it holds a reference that the service does not
// know, and an unregistered reference is never taken to a profile that this process is removing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client-lib/deadline_lock.h"
#include "proto/messages.h"

namespace profile_broker::client {

// What two spellings of a name that the service sent have in common.
std::string folded(const std::string& profile);

struct OwnReference {
  Uuid id;  // chosen here
  ProfileName profile;
  bool temporary = false;
  // The program has it. Before that, the thread that acquires it asks the service by itself.
  bool kept = false;
  bool offered = false;     // told to a service at least once: some service may know it
  bool registered = false;  // confirmed over the present connection
  bool refused = false;     // refused over the present connection
  bool noticed = false;     // the account's other processes are told of it in the hive
};

class Ledger {
 public:
  using Handle = std::uint64_t;  // never 0, never used twice

  // References.
  Handle add(OwnReference reference);
  OwnReference offer(Handle handle);  // marks it offered; the reference must exist
  void keep_registered(Handle handle);
  // For a reference that is noticed in the hive. False when this process is removing the profile
  // just now: then it is not kept.
  bool keep_unregistered(Handle handle);
  // Out of the ledger, for one that was not kept. True when some service may know it.
  bool drop(Handle handle);
  // Out of the ledger, for good; nothing when it is not a kept reference.
  std::optional<OwnReference> take(Handle handle);

  struct Counts {
    std::uint32_t own = 0;
    std::uint32_t unregistered = 0;
  };
  Counts counts() const;
  Counts counts_of(const ProfileName& profile) const;

  // Registration over the present connection. A new connection knows no reference: the service
  // behind it may have lost its journal.
  void forget_registrations();
  struct Due {
    Handle handle;
    OwnReference reference;
  };
  // At most max kept references that are neither registered nor refused, now marked offered.
  std::vector<Due> due_registrations(std::size_t max);
  void registered(Handle handle);  // and no longer noticed
  void refused(Handle handle);     // and noticed
  // What was refused over the present connection, errands included, is due again.
  void forget_refusals();

  // Removals. A claim's id is one removal, however often the service grants it: it belongs to
  // whoever gets it first, from the answer on. A thread that has it in a long list may come to it
  // when another one, to which it was granted again, would have finished it long ago, and others
  // would use the profile.
  // Called before anything else is asked of the service. False: another thread has it.
  bool take_claim(const std::string& claim);
  enum class Start {
    begun,    // ours: end it with close_claim
    in_work,  // another thread has it
    held,     // ours too, but this process holds a reference: give the claim back
  };
  Start begin_removal(const Removal& removal);  // without a claim: another thread has it
  void removal_done(const std::string& claim);  // the profile may be acquired again
  void close_claim(const std::string& claim);   // the service has been told

  // Errands: releases, finishes, deletions and sweeps that the service has yet to be told of, or
  // whose answer got lost, in order.
  struct Errand {
    std::uint64_t number = 0;
    Call call;
    bool refused = false;  // for now, over the present connection
  };
  void owe(Call call);
  // The first one after that number which was not refused.
  std::optional<Errand> next_errand(std::uint64_t after) const;
  void errand_done(std::uint64_t number);
  void errand_refused(std::uint64_t number);
  // Undeleting a profile ends what is still owed of its deletion. True when something was.
  bool forget_deletion(const ProfileName& profile);

  // Something is unregistered or owed.
  bool has_debts() const;

 private:
  void clear_refusals();  // with lock_ held

  mutable DeadlineLock lock_;
  std::map<Handle, OwnReference> references_;
  Handle last_handle_ = 0;
  // Claim to the profile's folded name; empty once the removal itself is over.
  std::map<std::string, std::string> claims_;
  std::set<std::string> taken_claims_;  // and not begun yet
  std::vector<Errand> errands_;
  std::uint64_t last_errand_ = 0;
};

}  // namespace profile_broker::client
