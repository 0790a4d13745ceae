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

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "service/change.h"
#include "service/slab.h"
#include "service/table_entries.h"

namespace profile_broker::service {

class ReferenceTable {
 public:
  // By their ids, which are found as views.
  struct HashOfId {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
  };
  using Hives = std::unordered_map<std::string, Hive, HashOfId, std::equal_to<>>;

  // seed: peers, who choose names and references, cannot choose them to collide under a secret one.
  explicit ReferenceTable(std::uint64_t seed = 0)
      : seed_(seed), links_{seed}, references_(links_) {}
  ReferenceTable(const ReferenceTable&) = delete;
  ReferenceTable& operator=(const ReferenceTable&) = delete;
  ~ReferenceTable();

  // A profile's of that name (Profile::hash).
  std::uint32_t hash_of(const ProfileName& name) const { return Profile::hash_of(name, seed_); }

  // False: the change contradicts the table (an unknown reference, a second claim, ...); nothing
  // has changed. Nor has it when memory runs out, which only a change that adds something can meet:
  // ends (of a process, a reference, a claim) take no memory.
  bool apply(const Change& change);

  const Hive* find_hive(std::string_view hive) const;
  const Profile* find_profile(std::string_view hive, const ProfileName& name) const;
  const Profile* find_profile(const Hive& hive, const ProfileName& name) const {
    return profile_in(hive, name, hash_of(name));
  }
  // The same for who is about to change it: the change does not look for it again.
  const Profile* find_profile_to_change(const Hive& hive, const ProfileName& name) const {
    return sought(hive, name).found;
  }
  const Process* find_process(const ProcessKey& key) const;
  // Another number when a process has come or gone: until then pointers to processes stay good.
  std::uint64_t comings_and_goings() const { return comings_and_goings_; }
  const Reference* find_reference(const Uuid& id) const { return sought(id).found; }
  const Claim* find_claim(const std::string& id) const;

  const Hives& hives() const { return hives_; }
  const std::unordered_map<ProcessKey, Process>& processes() const { return processes_; }
  const std::unordered_map<std::string, Claim>& claims() const { return claims_; }
  std::size_t reference_count() const { return references_.size(); }
  std::size_t claim_count() const { return claims_.size(); }
  std::size_t profile_count() const { return profile_count_; }
  bool empty() const { return processes_.empty() && profile_count_ == 0; }

  // The shortest list of changes that makes an empty table into this one.
  void describe(const std::function<void(const Change&)>& visit) const;
  // The same for one hive: what belongs to it names nothing of another one.
  static void describe(const Hive& hive, const std::function<void(const Change&)>& visit);
  // The same for a profile without its claim, in a table that knows the processes.
  static void describe(const Profile& profile, const std::function<void(const Change&)>& visit);
  static Change description_of(const Claim& claim);
  // Whose entries the change alters or adds; empty when it names something unknown.
  std::string_view hive_of(const Change& change) const;

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

  // What was looked for last, until the next change. Most changes come right after the looks that
  // led to them.
  struct SoughtProfile {
    const Hive* hive = nullptr;
    std::uint32_t hash = 0;
    Profile* found = nullptr;
    std::uint8_t name_bytes = 0;
    char name[Profile::kMostNameBytes];  // as it was spelled
  };
  struct SoughtReference {
    Uuid uuid;
    std::uint64_t hash = 0;
    Reference* found = nullptr;
    bool is_good = false;
  };
  const SoughtProfile& sought(const Hive& hive, const ProfileName& name) const;
  const SoughtReference& sought(const Uuid& uuid) const;
  void forget_sought() noexcept;

  template <typename Owner, typename Action>
  decltype(auto) undone_on_failure(Owner& made_for_it, Action action);
  Profile* profile_in(const Hive& hive, const ProfileName& name, std::uint32_t hash) const;
  Hive& hive_for(const std::string& id);
  Profile& profile_for(Hive& hive, const ProfileName& name);
  Profile& made_profile(Hive& hive, const ProfileName& name, std::uint32_t hash);
  Profile* profile_of(const std::string& hive, const ProfileName& name);
  Profile* unclaimed_profile_for(const std::string& hive,
                                 const ProfileName& name);  // null: it is being removed
  static void mark(Profile& profile, bool temporary, bool deletion_deferred) noexcept;
  void end_reference(Reference& reference, std::uint64_t hash) noexcept;
  void end_claim(Claim& claim) noexcept;
  void forget_if_idle(Profile& profile) noexcept;
  void forget_if_idle(Hive& hive) noexcept;

  BlockStore profile_memory_;
  Hives hives_;
  std::unordered_map<ProcessKey, Process> processes_;
  struct ReferenceLinks {
    std::uint64_t seed = 0;
    static Reference*& next(Reference& reference) { return reference.next; }
    std::uint64_t hash(const Reference& reference) const { return hash_of(reference.uuid); }
    std::uint64_t hash_of(const Uuid& uuid) const;
  };

  std::uint64_t seed_;
  ReferenceLinks links_;
  Slab<Reference> reference_slab_;
  HashIndex<Reference, ReferenceLinks> references_;
  std::unordered_map<std::string, Claim> claims_;
  std::size_t profile_count_ = 0;
  std::uint64_t comings_and_goings_ = 1;
  mutable SoughtProfile sought_profile_;
  mutable SoughtReference sought_reference_;
};

}  // namespace profile_broker::service
