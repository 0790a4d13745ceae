// The table as the changes that make it, for a journal that begins anew, and whose hive a change is
// about (reference_table.h). Alters nothing.
#include "service/reference_table.h"

namespace profile_broker::service {

void ReferenceTable::describe(const std::function<void(const Change&)>& visit) const {
  for (const auto& [id, hive] : hives_) {
    describe(hive, visit);
  }
}

void ReferenceTable::describe(const Hive& hive, const std::function<void(const Change&)>& visit) {
  for (const Process& process : hive.processes) {
    visit(change::ProcessSeen{process.holder});
  }
  hive.profiles.for_each([&](const Profile& profile) { describe(profile, visit); });
  for (const Claim& claim : hive.claims) {
    visit(description_of(claim));
  }
}

void ReferenceTable::describe(const Profile& profile,
                              const std::function<void(const Change&)>& visit) {
  const ProfileName name = profile.name();
  for (const Reference& reference : profile.references()) {  // holders are shown in their order
    visit(change::Acquired{reference.uuid, reference.process->holder.key, name, profile.temporary,
                           reference.since(), std::string(reference.label())});
  }
  if (profile.temporary && profile.references().empty()) {
    visit(change::MadeTemporary{profile.hive->id, name});
  }
  if (profile.deletion_deferred) {
    visit(change::Deferred{profile.hive->id, name});
  }
}

Change ReferenceTable::description_of(const Claim& claim) {
  return change::Claimed{claim.id, claim.process->holder.key, claim.profile->name(), claim.released,
                         claim.since};
}

std::string_view ReferenceTable::hive_of(const Change& change) const {
  struct Its {
    const ReferenceTable& table;
    std::string_view operator()(const change::ProcessSeen& c) const { return c.holder.hive; }
    std::string_view operator()(const change::ProcessEnded& c) const { return of(c.process); }
    std::string_view operator()(const change::Acquired& c) const { return of(c.process); }
    std::string_view operator()(const change::Released& c) const {
      const Reference* reference = table.find_reference(c.reference);
      return reference ? std::string_view(reference->profile->hive->id) : std::string_view();
    }
    std::string_view operator()(const change::MadeTemporary& c) const { return c.hive; }
    std::string_view operator()(const change::Deferred& c) const { return c.hive; }
    std::string_view operator()(const change::Undeleted& c) const { return c.hive; }
    std::string_view operator()(const change::Claimed& c) const { return of(c.process); }
    std::string_view operator()(const change::Finished& c) const {
      const Claim* claim = table.find_claim(c.claim);
      return claim ? std::string_view(claim->profile->hive->id) : std::string_view();
    }
    std::string_view of(const ProcessKey& key) const {
      const Process* process = table.find_process(key);
      return process ? std::string_view(process->hive->id) : std::string_view();
    }
  };
  return std::visit(Its{*this}, change);
}

}  // namespace profile_broker::service
