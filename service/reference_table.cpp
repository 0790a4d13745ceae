// How each change alters the table (reference_table.h).
#include "service/reference_table.h"

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

ReferenceTable::~ReferenceTable() {
  // The lists only borrow their elements; they must be empty before either side goes.
  for (auto& [key, process] : processes_) {
    process.references.clear();
    process.claims.clear();
  }
  for (auto& [id, hive] : hives_) {
    hive.claims.clear();
    for (auto& [name, profile] : hive.profiles) {
      profile.references.clear();
    }
  }
}

bool ReferenceTable::apply(const Change& change) {
  return std::visit([this](const auto& one) { return apply_one(one); }, change);
}

const Hive* ReferenceTable::find_hive(std::string_view hive) const {
  return find_in(hives_, std::string(hive));
}

const Profile* ReferenceTable::find_profile(std::string_view hive, const ProfileName& name) const {
  const Hive* found = find_hive(hive);
  return found ? find_in(found->profiles, name.folded()) : nullptr;
}

const Process* ReferenceTable::find_process(const ProcessKey& key) const {
  return find_in(processes_, key);
}
const Reference* ReferenceTable::find_reference(const std::string& id) const {
  return find_in(references_, id);
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
  undone_on_failure(hive, [&] {
    process.hive = &hive;
    processes_.emplace(change.holder.key, std::move(process));
  });
  ++hive.processes;
  return true;
}

bool ReferenceTable::apply_one(const change::ProcessEnded& change) {
  Process* process = find_in(processes_, change.process);
  if (!process) {
    return false;
  }
  while (!process->references.empty()) {
    end_reference(process->references.front());
  }
  while (!process->claims.empty()) {
    end_claim(process->claims.front());
  }
  Hive& hive = *process->hive;
  --hive.processes;
  processes_.erase(change.process);
  forget_if_idle(hive);
  return true;
}

bool ReferenceTable::apply_one(const change::Acquired& change) {
  Process* process = find_in(processes_, change.process);
  if (!process || references_.contains(change.reference)) {
    return false;
  }
  if (const Profile* profile = find_in(process->hive->profiles, change.profile.folded());
      profile && profile->claim) {
    return false;
  }
  Profile& profile = profile_for(*process->hive, change.profile);
  Reference& reference = undone_on_failure(profile, [&]() -> Reference& {
    Reference made;
    made.id = change.reference;
    made.process = process;
    made.profile = &profile;
    made.since = change.since;
    made.label = change.label;
    return references_.emplace(change.reference, std::move(made)).first->second;
  });
  profile.temporary = profile.temporary || change.temporary;
  process->references.push_back(reference);
  profile.references.push_back(reference);
  ++profile.hive->references;
  return true;
}

bool ReferenceTable::apply_one(const change::Released& change) {
  Reference* reference = find_in(references_, change.reference);
  if (reference) {
    end_reference(*reference);
  }
  return reference != nullptr;
}

bool ReferenceTable::apply_one(const change::MadeTemporary& change) {
  Profile* profile = unclaimed_profile_for(change.hive, change.profile);
  if (profile) {
    profile->temporary = true;
  }
  return profile != nullptr;
}

bool ReferenceTable::apply_one(const change::Deferred& change) {
  Profile* profile = unclaimed_profile_for(change.hive, change.profile);
  if (profile) {
    profile->deletion_deferred = true;
  }
  return profile != nullptr;
}

bool ReferenceTable::apply_one(const change::Undeleted& change) {
  Profile* profile = profile_in(change.hive, change.profile);
  if (!profile || profile->claim) {
    return false;
  }
  profile->temporary = false;
  profile->deletion_deferred = false;
  forget_if_idle(*profile);
  return true;
}

bool ReferenceTable::apply_one(const change::Claimed& change) {
  Process* process = find_in(processes_, change.process);
  if (!process || claims_.contains(change.claim)) {
    return false;
  }
  if (const Profile* profile = find_in(process->hive->profiles, change.profile.folded());
      profile && (profile->claim || !profile->references.empty())) {
    return false;
  }
  Profile& profile = profile_for(*process->hive, change.profile);
  Claim& claim = undone_on_failure(profile, [&]() -> Claim& {
    Claim made;
    made.id = change.claim;
    made.process = process;
    made.profile = &profile;
    made.released_reference = change.released_reference;
    made.since = change.since;
    return claims_.emplace(change.claim, std::move(made)).first->second;
  });
  process->claims.push_back(claim);
  profile.claim = &claim;
  profile.hive->claims.push_back(claim);
  return true;
}

bool ReferenceTable::apply_one(const change::Finished& change) {
  Claim* claim = find_in(claims_, change.claim);
  if (!claim) {
    return false;
  }
  if (change.removed) {
    claim->profile->temporary = false;
    claim->profile->deletion_deferred = false;
  }
  end_claim(*claim);
  return true;
}

void ReferenceTable::describe(const std::function<void(const Change&)>& visit) const {
  for (const auto& [key, process] : processes_) {
    visit(change::ProcessSeen{process.holder});
  }
  for (const auto& [hive_id, hive] : hives_) {
    for (const auto& [folded, profile] : hive.profiles) {
      for (const Reference& reference : profile.references) {  // holders are shown in their order
        visit(change::Acquired{reference.id, reference.process->holder.key, profile.name,
                               profile.temporary, reference.since, reference.label});
      }
      if (profile.temporary && profile.references.empty()) {
        visit(change::MadeTemporary{hive_id, profile.name});
      }
      if (profile.deletion_deferred) {
        visit(change::Deferred{hive_id, profile.name});
      }
    }
  }
  for (const auto& [hive_id, hive] : hives_) {
    for (const Claim& claim : hive.claims) {
      visit(change::Claimed{claim.id, claim.process->holder.key, claim.profile->name,
                            claim.released_reference, claim.since});
    }
  }
}

Hive& ReferenceTable::hive_for(const std::string& id) {
  if (Hive* known = find_in(hives_, id)) {
    return *known;
  }
  Hive hive;
  hive.id = id;
  return hives_.emplace(id, std::move(hive)).first->second;
}

Profile& ReferenceTable::profile_for(Hive& hive, const ProfileName& name) {
  if (Profile* known = find_in(hive.profiles, name.folded())) {
    return *known;
  }
  return undone_on_failure(hive, [&]() -> Profile& {
    Profile& made =
        hive.profiles.try_emplace(name.folded(), Profile{&hive, name, false, false, nullptr, {}})
            .first->second;
    ++profile_count_;
    return made;
  });
}

Profile* ReferenceTable::profile_in(const std::string& hive, const ProfileName& name) {
  Hive* found = find_in(hives_, hive);
  return found ? find_in(found->profiles, name.folded()) : nullptr;
}

Profile* ReferenceTable::unclaimed_profile_for(const std::string& hive, const ProfileName& name) {
  if (const Profile* profile = find_profile(hive, name); profile && profile->claim) {
    return nullptr;
  }
  return &profile_for(hive_for(hive), name);
}

void ReferenceTable::end_reference(Reference& reference) {
  Profile& profile = *reference.profile;
  reference.process->references.erase(reference.process->references.iterator_to(reference));
  profile.references.erase(profile.references.iterator_to(reference));
  --profile.hive->references;
  references_.erase(references_.find(reference.id));
  forget_if_idle(profile);
}

void ReferenceTable::end_claim(Claim& claim) {
  Profile& profile = *claim.profile;
  claim.process->claims.erase(claim.process->claims.iterator_to(claim));
  profile.claim = nullptr;
  profile.hive->claims.erase(profile.hive->claims.iterator_to(claim));
  claims_.erase(claims_.find(claim.id));
  forget_if_idle(profile);
}

void ReferenceTable::forget_if_idle(Profile& profile) {
  if (profile.references.empty() && !profile.claim && !profile.is_to_be_deleted()) {
    Hive& hive = *profile.hive;
    hive.profiles.erase(hive.profiles.find(profile.name.folded()));
    --profile_count_;
    forget_if_idle(hive);
  }
}

void ReferenceTable::forget_if_idle(Hive& hive) {
  if (hive.profiles.empty() && hive.processes == 0) {
    hives_.erase(hives_.find(hive.id));
  }
}

}  // namespace profile_broker::service
