// The rules of proto/protocol.md, read aloud (reference_model.h).
#include "tests/history/reference_model.h"

#include <algorithm>
#include <set>

namespace profile_broker::history {
namespace {

Place place_of(const Asked& asked, const ProfileName& name) {
  return {asked.caller.holder.hive, name.folded()};
}
std::string refused(std::string_view word) {
  return "refused " + std::string(word);
}

}  // namespace

std::string ReferenceModel::answer(const Asked& asked, const Call& call) {
  events.clear();
  return std::visit([&](const auto& one) { return on(asked, one); }, call);
}

std::string ReferenceModel::on(const Asked& asked, const call::Acquire& call) {
  const ProcessKey self = asked.caller.holder.key;
  const Place place = place_of(asked, call.profile);
  const auto answer = [](const ModelProfile& p) {
    return "acquired, references " + std::to_string(p.references.size()) +
           (p.temporary ? " temporary" : "") + (p.deferred ? " deferred" : "");
  };
  for (const auto& [where, profile] : profiles) {
    if (const auto known = profile.references.find(call.reference.value_or(Uuid{}));
        call.reference && known != profile.references.end()) {
      return known->second.process == self && where == place ? answer(profile)
                                                             : refused("accessDenied");
    }
  }
  std::size_t own = 0;
  std::size_t in_hive = 0;
  for (const auto& [where, profile] : profiles) {
    for (const auto& [id, reference] : profile.references) {
      own += reference.process == self ? 1 : 0;
      in_hive += where.first == place.first ? 1 : 0;
    }
  }
  const auto found = profiles.find(place);
  if (found != profiles.end()) {
    const auto& references = found->second.references;
    if (found->second.claim) {
      return refused("beingRemoved");
    }
    // While recovering a reference with a name may be one from before the crash.
    if (found->second.deferred && !(recovering && call.reference) &&
        std::none_of(references.begin(), references.end(),
                     [&](const auto& r) { return r.second.process == self; })) {
      return refused("deletionDeferred");
    }
  }
  if (own >= limits.references_per_process || in_hive >= limits.references_per_user ||
      (found == profiles.end() && hive_is_full(place.first))) {
    return refused("quotaExceeded");
  }
  if (!know(asked.caller) || !remember()) {
    return refused("journalUnavailable");
  }
  ModelProfile& profile = profiles[place];
  if (profile.shown.empty()) {
    profile.shown = call.profile.shown();
  }
  const bool becomes_temporary = call.temporary && !profile.temporary;
  profile.temporary = profile.temporary || call.temporary;
  profile.references[call.reference.value_or(asked.new_reference)] = {self, call.label};
  tell("acquired", place, profile, self);
  if (becomes_temporary) {
    tell("temporary", place, profile, self);
  }
  return answer(profile);
}

std::string ReferenceModel::on(const Asked& asked, const call::Release& call) {
  const ProcessKey self = asked.caller.holder.key;
  for (auto& [place, profile] : profiles) {
    if (profile.claim && profile.claim->process == self &&
        profile.claim->released == call.reference) {
      return "released, references 0, claim " + profile.claim->id;  // asked again
    }
    const auto known = profile.references.find(call.reference);
    if (known == profile.references.end()) {
      continue;
    }
    if (known->second.process != self) {
      return refused("accessDenied");
    }
    remember();  // it has happened, whether it can be remembered or not
    profile.references.erase(known);
    tell("released", place, profile, self);
    std::string text = "released, references " + std::to_string(profile.references.size());
    if (profile.references.empty() && profile.to_be_deleted() && may_grant(asked)) {
      const auto claim = grant(asked, place, profile.shown, call.reference);
      text += claim.empty() ? "" : ", claim " + claim;
    }
    forget_if_idle(Place(place));
    return text;
  }
  return refused("notFound");
}

std::string ReferenceModel::on(const Asked& asked, const call::Delete& call) {
  const Place place = place_of(asked, call.profile);
  const auto found = profiles.find(place);
  if (found != profiles.end() && found->second.claim) {
    const auto claim = told_again(asked, found->second);
    return claim.empty() ? refused("beingRemoved") : "claim " + claim;
  }
  if (found == profiles.end() && hive_is_full(place.first)) {
    return refused("quotaExceeded");
  }
  const bool in_use = found != profiles.end() && !found->second.references.empty();
  if (!in_use && may_grant(asked)) {
    const auto claim = grant(asked, place, std::string(call.profile.shown()), {});
    return claim.empty() ? refused("journalUnavailable") : "claim " + claim;
  }
  if (found != profiles.end() && found->second.deferred) {
    return "deferred";
  }
  if (!remember()) {
    return refused("journalUnavailable");
  }
  ModelProfile& profile = profiles[place];
  if (profile.shown.empty()) {
    profile.shown = call.profile.shown();
  }
  profile.deferred = true;
  tell("deferred", place, profile, asked.caller.holder.key);
  return "deferred";
}

std::string ReferenceModel::on(const Asked& asked, const call::Undelete& call) {
  const Place place = place_of(asked, call.profile);
  const auto found = profiles.find(place);
  if (found == profiles.end() || !found->second.to_be_deleted()) {
    return found != profiles.end() && found->second.claim ? refused("beingRemoved") : "undeleted";
  }
  if (found->second.claim) {
    return refused("beingRemoved");
  }
  if (!remember()) {
    return refused("journalUnavailable");
  }
  found->second.temporary = found->second.deferred = false;
  tell("undeleted", place, found->second, asked.caller.holder.key);
  forget_if_idle(place);
  return "undeleted";
}

std::string ReferenceModel::on(const Asked& asked, const call::Sweep& call) {
  std::vector<std::pair<Place, std::string>> considered;  // with the spelling of unknown ones
  std::set<Place> named;
  for (const auto& name : call.profiles) {
    const Place place = place_of(asked, name);
    if (named.insert(place).second) {
      considered.emplace_back(place, name.shown());
    }
  }
  for (const auto& [place, profile] : profiles) {
    if (place.first == asked.caller.holder.hive && profile.to_be_deleted() &&
        !named.contains(place)) {
      considered.emplace_back(place, profile.shown);
    }
  }
  std::vector<std::string> said;  // sorted: the order is nobody's business
  for (const auto& [place, spelled] : considered) {
    const auto found = profiles.find(place);
    const bool known = found != profiles.end();
    const std::string shown = known ? found->second.shown : spelled;
    std::string claim;
    std::string why;
    if (known && found->second.claim) {
      claim = told_again(asked, found->second);
      why = "beingRemoved";
    } else if (known && !found->second.references.empty()) {
      why = "inUse";
    } else if (!may_grant(asked)) {
      why = "recovering";
    } else if (!known && hive_is_full(place.first)) {
      continue;
    } else {
      claim = grant(asked, place, spelled, {});
      why = "recovering";
    }
    said.push_back(shown + (claim.empty() ? " kept " + why : " claim " + claim));
  }
  std::sort(said.begin(), said.end());
  std::string text = "swept";
  for (const auto& one : said) {
    text += "; " + one;
  }
  return text;
}

std::string ReferenceModel::on(const Asked& asked, const call::Finish& call) {
  for (auto& [place, profile] : profiles) {
    if (!profile.claim || profile.claim->id != call.claim) {
      continue;
    }
    if (profile.claim->process != asked.caller.holder.key) {
      return refused("accessDenied");
    }
    remember();  // it has happened
    profile.claim.reset();
    if (call.removed) {
      profile.temporary = profile.deferred = false;
    }
    tell(call.removed ? "removed" : "kept", place, profile, asked.caller.holder.key);
    forget_if_idle(Place(place));
    return "finished";
  }
  return refused("notFound");
}

void ReferenceModel::process_ended(const ProcessKey& process) {
  events.clear();
  if (processes.erase(process) == 0) {
    return;
  }
  remember();
  const auto all = profiles;
  for (const auto& [place, before] : all) {
    ModelProfile& profile = profiles[place];
    if (profile.claim && profile.claim->process == process) {
      profile.claim.reset();
      tell("kept", place, profile, process);
    }
    std::erase_if(profile.references, [&, &place = place](const auto& reference) {
      const bool its = reference.second.process == process;
      if (its) {
        tell("processEnded", place, profile, process);
      }
      return its;
    });
    forget_if_idle(place);
  }
}

void ReferenceModel::connection_closed(ConnectionId connection) {
  for (auto& [place, profile] : profiles) {
    if (profile.claim && profile.claim->told_on == connection) {
      profile.claim->told_on.reset();
    }
  }
}

bool ReferenceModel::remember() {
  if (writes_left && *writes_left == 0) {
    remembers = false;
  } else if (writes_left) {
    --*writes_left;
  }
  return remembers;
}

bool ReferenceModel::know(const Caller& caller) {
  if (processes.contains(caller.holder.key)) {
    return true;
  }
  if (!remember()) {
    return false;
  }
  processes[caller.holder.key] = caller.holder.hive;
  return true;
}

bool ReferenceModel::hive_is_full(const std::string& hive) const {
  return static_cast<std::size_t>(std::count_if(
             profiles.begin(), profiles.end(),
             [&](const auto& p) { return p.first.first == hive; })) >= limits.profiles_per_user;
}

std::string ReferenceModel::grant(const Asked& asked, const Place& place,
                                  const std::string& spelled, const std::optional<Uuid>& released) {
  if (!know(asked.caller) || !remember()) {
    return {};
  }
  const auto found = profiles.find(place);
  const std::string id = asked.claim_on(found == profiles.end() ? spelled : found->second.shown);
  if (id.empty()) {
    return {};
  }
  ModelProfile& profile = profiles[place];
  if (profile.shown.empty()) {
    profile.shown = spelled;
  }
  profile.claim = ModelClaim{id, asked.caller.holder.key, released, asked.connection};
  tell("claimed", place, profile, asked.caller.holder.key);
  return id;
}

std::string ReferenceModel::told_again(const Asked& asked, ModelProfile& profile) {
  ModelClaim& claim = *profile.claim;
  if (claim.process != asked.caller.holder.key || claim.told_on || !asked.answered) {
    return {};
  }
  claim.told_on = asked.connection;
  return claim.id;
}

void ReferenceModel::tell(std::string_view event, const Place& place, const ModelProfile& profile,
                          const ProcessKey& process) {
  events.push_back(std::string(event) + ' ' + place.first + ' ' + profile.shown + ' ' +
                   std::to_string(process.pid));
}

void ReferenceModel::forget_if_idle(const Place& place) {
  if (const auto found = profiles.find(place); found != profiles.end() && found->second.idle()) {
    profiles.erase(found);
  }
}

}  // namespace profile_broker::history
