// The table of the machine's live profile references: which processes hold which profile, which
// profiles are to be deleted, and who may delete one right now. Pure: no clocks, no I/O, no JSON,
// no policy. It changes by apply() alone, which refuses a change that makes no sense and then
// leaves everything as it was, so a damaged journal cannot bring it into a state that the
// dispatcher could not have.
//
// Invariants: a profile with a claim has no reference; a reference's process is known; a profile
// that nobody uses, that is neither temporary nor deferred and has no claim, does not exist.
// Pointers handed out live until the next apply().
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "service/change.h"

namespace profile_broker::service {

struct Hive;
struct Process;
struct Profile;

namespace intrusive = boost::intrusive;
using Hook = intrusive::list_member_hook<>;

struct Reference {
  std::string id;
  Process* process = nullptr;
  Profile* profile = nullptr;
  WallTime since{};
  std::string label;
  Hook in_process;
  Hook in_profile;
};

struct Claim {
  std::string id;
  Process* process = nullptr;
  Profile* profile = nullptr;
  std::string released_reference;
  WallTime since{};
  Hook in_process;
  Hook in_hive;
};

struct Profile {
  Hive* hive = nullptr;
  ProfileName name;
  bool temporary = false;
  bool deletion_deferred = false;
  Claim* claim = nullptr;
  intrusive::list<Reference, intrusive::member_hook<Reference, Hook, &Reference::in_profile>>
      references;

  bool is_to_be_deleted() const { return temporary || deletion_deferred; }
};

struct Process {
  Holder holder;
  Hive* hive = nullptr;
  intrusive::list<Reference, intrusive::member_hook<Reference, Hook, &Reference::in_process>>
      references;
  intrusive::list<Claim, intrusive::member_hook<Claim, Hook, &Claim::in_process>> claims;
};

struct Hive {
  std::string id;
  std::unordered_map<std::string, Profile> profiles;  // by folded name
  std::size_t references = 0;
  std::size_t processes = 0;
  intrusive::list<Claim, intrusive::member_hook<Claim, Hook, &Claim::in_hive>>
      claims;  // in the order in which they were granted
};

class ReferenceTable {
 public:
  ReferenceTable() = default;
  ReferenceTable(const ReferenceTable&) = delete;
  ReferenceTable& operator=(const ReferenceTable&) = delete;
  ~ReferenceTable();

  // False: the change contradicts the table (an unknown reference, a second claim, ...); nothing
  // has changed. Nor has it when memory runs out, which only a change that adds something can meet:
  // ends (of a process, a reference, a claim) take no memory.
  bool apply(const Change& change);

  const Hive* find_hive(std::string_view hive) const;
  const Profile* find_profile(std::string_view hive, const ProfileName& name) const;
  const Process* find_process(const ProcessKey& key) const;
  const Reference* find_reference(const std::string& id) const;
  const Claim* find_claim(const std::string& id) const;

  const std::unordered_map<std::string, Hive>& hives() const { return hives_; }
  const std::unordered_map<ProcessKey, Process>& processes() const { return processes_; }
  const std::unordered_map<std::string, Claim>& claims() const { return claims_; }
  std::size_t reference_count() const { return references_.size(); }
  std::size_t claim_count() const { return claims_.size(); }
  std::size_t profile_count() const { return profile_count_; }
  bool empty() const { return processes_.empty() && profile_count_ == 0; }

  // The shortest list of changes that makes an empty table into this one.
  void describe(const std::function<void(const Change&)>& visit) const;

 private:
  bool apply_one(const change::ProcessSeen& change);
  bool apply_one(const change::ProcessEnded& change);
  bool apply_one(const change::Acquired& change);
  bool apply_one(const change::Released& change);
  bool apply_one(const change::MadeTemporary& change);
  bool apply_one(const change::Deferred& change);
  bool apply_one(const change::Undeleted& change);
  bool apply_one(const change::Claimed& change);
  bool apply_one(const change::Finished& change);

  template <typename Owner, typename Action>
  decltype(auto) undone_on_failure(Owner& made_for_it, Action action);
  Hive& hive_for(const std::string& id);
  Profile& profile_for(Hive& hive, const ProfileName& name);
  Profile* profile_in(const std::string& hive, const ProfileName& name);
  Profile* unclaimed_profile_for(const std::string& hive,
                                 const ProfileName& name);  // null: it is being removed
  void end_reference(Reference& reference);
  void end_claim(Claim& claim);
  void forget_if_idle(Profile& profile);
  void forget_if_idle(Hive& hive);

  std::unordered_map<std::string, Hive> hives_;
  std::unordered_map<ProcessKey, Process> processes_;
  std::unordered_map<std::string, Reference> references_;
  std::unordered_map<std::string, Claim> claims_;
  std::size_t profile_count_ = 0;
};

}  // namespace profile_broker::service
