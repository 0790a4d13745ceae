// How each change alters the table (reference_table.h); reference_table_described.cpp says which
// changes would make it.
#include "service/reference_table.h"

#include <cstring>
#include <utility>

namespace profile_broker::service {
namespace {

template <typename Map, typename Key>
auto* find_in(Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

// Does what may fail for want of memory; what was made for it, and is of nobody, goes again.
template <typename Owner, typename Action>
decltype(auto) ReferenceTable::undone_on_failure(Owner& made_for_it, Action action) try {
  return action();
} catch (...) {
  forget_if_idle(made_for_it);
  throw;
}

std::uint64_t ReferenceTable::ReferenceLinks::hash_of(const Uuid& uuid) const {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof uuid.bytes);
  std::memcpy(halves, uuid.bytes.data(), sizeof halves);
  return mixed(mixed(halves[0] ^ seed) ^ halves[1]);
}

ReferenceTable::~ReferenceTable() {
  // The lists only borrow their elements; they must be empty before either side goes.
  for (auto& [key, process] : processes_) {
    process.references.clear();
    process.claims.clear();
  }
  for (auto& [id, hive] : hives_) {
    hive.processes.clear();
    hive.claims.clear();
    hive.profiles.clear([this](Profile& profile) { Profile::destroy(profile_memory_, profile); });
  }
  references_.clear([this](Reference& reference) { reference_slab_.destroy(reference); });
}

bool ReferenceTable::apply(const Change& change) try {
  const bool applied = std::visit([this](const auto& one) { return apply_one(one); }, change);
  forget_sought();
  return applied;
} catch (...) {
  forget_sought();
  throw;
}

void ReferenceTable::forget_sought() noexcept {
  sought_profile_.hive = nullptr;
  sought_reference_.is_good = false;
}

const ReferenceTable::SoughtProfile& ReferenceTable::sought(const Hive& hive,
                                                            const ProfileName& name) const {
  SoughtProfile& last = sought_profile_;
  const std::string_view shown = name.shown();
  if (last.hive != &hive || shown != std::string_view(last.name, last.name_bytes)) {
    last.hash = hash_of(name);
    last.found = profile_in(hive, name, last.hash);
    last.name_bytes = static_cast<std::uint8_t>(shown.copy(last.name, sizeof last.name));
    last.hive = &hive;
  }
  return last;
}

const ReferenceTable::SoughtReference& ReferenceTable::sought(const Uuid& uuid) const {
  SoughtReference& last = sought_reference_;
  if (!last.is_good || last.uuid != uuid) {
    const std::uint64_t hash = links_.hash_of(uuid);
    last = {uuid, hash,
            references_.find(hash, [&](const Reference& one) { return one.uuid == uuid; }), true};
  }
  return last;
}

const Hive* ReferenceTable::find_hive(std::string_view hive) const {
  return find_in(hives_, hive);
}

const Profile* ReferenceTable::find_profile(std::string_view hive, const ProfileName& name) const {
  const Hive* found = find_hive(hive);
  return found ? profile_in(*found, name, hash_of(name)) : nullptr;
}

const Process* ReferenceTable::find_process(const ProcessKey& key) const {
  return find_in(processes_, key);
}
const Claim* ReferenceTable::find_claim(const std::string& id) const {
  return find_in(claims_, id);
}

bool ReferenceTable::apply_one(const change::ProcessSeen& change) {
  if (processes_.contains(change.holder.key)) {
    return false;
  }
  Process process;
  process.holder = change.holder;
  Hive& hive = hive_for(change.holder.hive);
  process.hive = &hive;
  hive.processes.push_back(undone_on_failure(hive, [&]() -> Process& {
    return processes_.emplace(change.holder.key, std::move(process)).first->second;
  }));
  ++comings_and_goings_;
  return true;
}

bool ReferenceTable::apply_one(const change::ProcessEnded& change) {
  Process* process = find_in(processes_, change.process);
  if (!process) {
    return false;
  }
  while (!process->references.empty()) {
    Reference& reference = process->references.front();
    end_reference(reference, links_.hash(reference));
  }
  while (!process->claims.empty()) {
    end_claim(process->claims.front());
  }
  Hive& hive = *process->hive;
  hive.processes.erase(hive.processes.iterator_to(*process));
  processes_.erase(change.process);
  ++comings_and_goings_;
  forget_if_idle(hive);
  return true;
}

bool ReferenceTable::apply_one(const change::Acquired& change) {
  Process* process = find_in(processes_, change.process);
  if (!process || sought(change.reference).found) {
    return false;
  }
  Profile* const known = sought(*process->hive, change.profile).found;
  if (known && known->claim()) {
    return false;
  }
  Profile& profile =
      known ? *known : made_profile(*process->hive, change.profile, sought_profile_.hash);
  Reference& reference = undone_on_failure(profile, [&]() -> Reference& {
    references_.reserve_one();
    SinceAndLabel since_and_label(change.since, change.label);
    Reference& made = reference_slab_.make();
    made.since_and_label = std::move(since_and_label);
    return made;
  });
  reference.uuid = change.reference;
  reference.process = process;
  reference.profile = &profile;
  references_.insert(reference, sought_reference_.hash);
  mark(profile, profile.temporary || change.temporary, profile.deletion_deferred);
  process->references.push_back(reference);
  profile.add(reference);
  ++profile.hive->references;
  return true;
}

bool ReferenceTable::apply_one(const change::Released& change) {
  const auto& [uuid, hash, reference, is_good] = sought(change.reference);
  if (!reference) {
    return false;
  }
  end_reference(*reference, hash);
  return true;
}

bool ReferenceTable::apply_one(const change::MadeTemporary& change) {
  Profile* profile = unclaimed_profile_for(change.hive, change.profile);
  if (profile) {
    mark(*profile, true, profile->deletion_deferred);
  }
  return profile != nullptr;
}

bool ReferenceTable::apply_one(const change::Deferred& change) {
  Profile* profile = unclaimed_profile_for(change.hive, change.profile);
  if (profile) {
    mark(*profile, profile->temporary, true);
  }
  return profile != nullptr;
}

bool ReferenceTable::apply_one(const change::Undeleted& change) {
  Profile* profile = profile_of(change.hive, change.profile);
  if (!profile || profile->claim()) {
    return false;
  }
  mark(*profile, false, false);
  forget_if_idle(*profile);
  return true;
}

bool ReferenceTable::apply_one(const change::Claimed& change) {
  Process* process = find_in(processes_, change.process);
  if (!process || claims_.contains(change.claim)) {
    return false;
  }
  if (const Profile* profile = find_profile(*process->hive, change.profile);
      profile && (profile->claim() || !profile->references().empty())) {
    return false;
  }
  Profile& profile = profile_for(*process->hive, change.profile);
  Claim& claim = undone_on_failure(profile, [&]() -> Claim& {
    Claim made;
    made.id = change.claim;
    made.process = process;
    made.profile = &profile;
    made.released = change.released;
    made.since = change.since;
    return claims_.emplace(change.claim, std::move(made)).first->second;
  });
  process->claims.push_back(claim);
  profile.set_claim(&claim);
  profile.hive->claims.push_back(claim);
  return true;
}

bool ReferenceTable::apply_one(const change::Finished& change) {
  Claim* claim = find_in(claims_, change.claim);
  if (!claim) {
    return false;
  }
  if (change.removed) {
    mark(*claim->profile, false, false);
  }
  end_claim(*claim);
  return true;
}

Hive& ReferenceTable::hive_for(const std::string& id) {
  if (Hive* known = find_in(hives_, id)) {
    return *known;
  }
  Hive& made = hives_.try_emplace(id).first->second;
  return undone_on_failure(made, [&]() -> Hive& {
    made.id = id;
    return made;
  });
}

Profile& ReferenceTable::profile_for(Hive& hive, const ProfileName& name) {
  const std::uint32_t hash = hash_of(name);
  Profile* const known = profile_in(hive, name, hash);
  return known ? *known : made_profile(hive, name, hash);
}

Profile& ReferenceTable::made_profile(Hive& hive, const ProfileName& name, std::uint32_t hash) {
  return undone_on_failure(hive, [&]() -> Profile& {
    hive.profiles.reserve_one();
    Profile& made = Profile::make(profile_memory_, hive, name, hash);
    hive.profiles.insert(made, hash);
    ++profile_count_;
    return made;
  });
}

Profile* ReferenceTable::profile_in(const Hive& hive, const ProfileName& name,
                                    std::uint32_t hash) const {
  return hive.profiles.find(hash, [&](const Profile& profile) {
    return profile.hash() == hash && profile.is_named(name);
  });
}

Profile* ReferenceTable::profile_of(const std::string& hive, const ProfileName& name) {
  Hive* found = find_in(hives_, hive);
  return found ? profile_in(*found, name, hash_of(name)) : nullptr;
}

Profile* ReferenceTable::unclaimed_profile_for(const std::string& hive, const ProfileName& name) {
  if (const Profile* profile = find_profile(hive, name); profile && profile->claim()) {
    return nullptr;
  }
  return &profile_for(hive_for(hive), name);
}

void ReferenceTable::mark(Profile& profile, bool temporary, bool deletion_deferred) noexcept {
  profile.hive->to_be_deleted -= profile.is_to_be_deleted();
  profile.temporary = temporary;
  profile.deletion_deferred = deletion_deferred;
  profile.hive->to_be_deleted += profile.is_to_be_deleted();
}

void ReferenceTable::end_reference(Reference& reference, std::uint64_t hash) noexcept {
  Profile& profile = *reference.profile;
  reference.process->references.erase(reference.process->references.iterator_to(reference));
  profile.remove(reference);
  --profile.hive->references;
  references_.erase(reference, hash);
  reference_slab_.destroy(reference);
  forget_if_idle(profile);
}

void ReferenceTable::end_claim(Claim& claim) noexcept {
  Profile& profile = *claim.profile;
  claim.process->claims.erase(claim.process->claims.iterator_to(claim));
  profile.set_claim(nullptr);
  profile.hive->claims.erase(profile.hive->claims.iterator_to(claim));
  claims_.erase(claims_.find(claim.id));
  forget_if_idle(profile);
}

void ReferenceTable::forget_if_idle(Profile& profile) noexcept {
  if (profile.references().empty() && !profile.claim() && !profile.is_to_be_deleted()) {
    Hive& hive = *profile.hive;
    hive.profiles.erase(profile, profile.hash());
    Profile::destroy(profile_memory_, profile);
    --profile_count_;
    forget_if_idle(hive);
  }
}

void ReferenceTable::forget_if_idle(Hive& hive) noexcept {
  if (hive.profiles.empty() && hive.processes.empty()) {
    hives_.erase(hives_.find(hive.id));
  }
}

}  // namespace profile_broker::service
