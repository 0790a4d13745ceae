// The rules behind dispatcher.h for deletions: who is granted a claim, what is put off, what is
// kept, and how a claim ends.
#include <unordered_set>
#include <utility>

#include "service/dispatcher.h"
#include "service/dispatcher_request.h"

namespace profile_broker::service {

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Delete& call) {
  const std::string& hive = request.holder().hive;
  const Profile* profile = with_.table.find_profile(hive, call.profile);
  if (profile && profile->claim()) {
    if (auto again = grant_again(request, *profile->claim())) {
      return result::Delete{false, std::move(again)};
    }
    return being_removed(*profile);
  }
  const Hive* known_hive = with_.table.find_hive(hive);
  if (!profile && known_hive && known_hive->profiles.size() >= limits_.profiles_per_user) {
    return exceeded(request,
                    "the service knows " + std::to_string(known_hive->profiles.size()) +
                        " profiles of this account",
                    "ProfilesPerUser", limits_.profiles_per_user);
  }
  const bool in_use = profile && !profile->references().empty();
  if (!in_use && may_grant(request)) {
    if (auto removal = grant(request, call.profile, {})) {
      return result::Delete{false, std::move(removal)};
    }
    return kCannotRemember;
  }
  if (!profile || !profile->deletion_deferred) {
    if (!record(change::Deferred{hive, call.profile})) {
      return kCannotRemember;
    }
    publish(request, EventKind::deferred, with_.table.find_profile(hive, call.profile)->shown());
  }
  return result::Delete{true, std::nullopt};
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Undelete& call) {
  const Profile* profile = with_.table.find_profile(request.holder().hive, call.profile);
  if (profile && profile->claim()) {
    return being_removed(*profile);
  }
  if (profile && profile->is_to_be_deleted()) {
    const ProfileName name = profile->name();
    if (!record(change::Undeleted{request.holder().hive, name})) {
      return kCannotRemember;  // else a restart would delete what somebody took back
    }
    leftovers_.forget(request.holder().hive, name);
    publish(request, EventKind::undeleted, name.shown());
  }
  return result::Undelete{};
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Sweep& call) {
  const std::string& hive_id = request.holder().hive;
  const Hive* hive = with_.table.find_hive(hive_id);
  result::Sweep result;
  const auto hash = [&](const ProfileName* name) { return with_.table.hash_of(*name); };
  const auto same = [](const ProfileName* a, const ProfileName* b) { return a->is_same_as(*b); };
  std::unordered_set<const ProfileName*, decltype(hash), decltype(same)> considered(
      call.profiles.size(), hash, same);  // of the call's
  const auto consider = [&](const ProfileName& name) {
    const Profile* profile = hive ? with_.table.find_profile(*hive, name) : nullptr;
    const std::string shown(profile ? profile->shown() : name.shown());
    if (profile && profile->claim()) {
      if (auto again = grant_again(request, *profile->claim())) {
        result.removals.push_back(std::move(*again));
      } else {
        result.kept.push_back({shown, KeptReason::being_removed});
      }
    } else if (profile && !profile->references().empty()) {
      result.kept.push_back({shown, KeptReason::in_use});
    } else if (!may_grant(request)) {
      result.kept.push_back({shown, KeptReason::recovering});
    } else if (result.removals.size() < kMaxRemovalsPerSweep &&
               (profile || !hive || hive->profiles.size() < limits_.profiles_per_user)) {
      const bool leftover = profile != nullptr;  // nobody uses it, and it is to be deleted
      auto removal = grant(request, name, {});
      hive = with_.table.find_hive(hive_id);  // it may have come with the grant
      if (removal) {
        if (leftover) {
          leftover_claims_[removal->claim] = leftovers_.who_left(hive_id, name);
        }
        result.removals.push_back(std::move(*removal));
      } else {
        result.kept.push_back({shown, KeptReason::recovering});
      }
    }
  };

  for (const auto& name : call.profiles) {
    if (considered.insert(&name).second) {
      consider(name);
    }
  }
  std::vector<ProfileName> leftovers;
  if (hive && hive->to_be_deleted > 0) {
    hive->profiles.for_each([&](const Profile& profile) {
      if (profile.is_to_be_deleted()) {
        leftovers.push_back(profile.name());
      }
    });
    std::erase_if(leftovers, [&](const auto& name) { return considered.contains(&name); });
  }
  const std::size_t kept_limit = result.kept.size() + kMaxKeptPerSweep;
  for (const auto& name : leftovers) {
    if (result.kept.size() < kept_limit) {
      consider(name);
    }
  }
  return result;
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Finish& call) {
  const Claim* claim = with_.table.find_claim(call.claim);
  if (!claim) {
    return Refusal{Reason::not_found, "there is no claim " + call.claim};
  }
  if (claim->process->holder.key != request.holder().key) {
    return Refusal{Reason::access_denied, "this claim belongs to another process"};
  }
  const ProfileName name = claim->profile->name();
  record_anyway(change::Finished{call.claim, call.removed});
  granted_on_.erase(call.claim);
  publish(request, call.removed ? EventKind::removed : EventKind::kept, name.shown());
  const auto leftover = leftover_claims_.extract(call.claim);
  if (call.removed) {
    const Holder& holder = request.holder();
    leftovers_.forget(holder.hive, name);
    if (leftover) {
      with_.report(log_event<LogEventId::leftover_deleted>(
          holder.hive, leftover.mapped(), holder.key.pid, holder.image, holder.session));
    }
  }
  return result::Finish{};
}

bool Dispatcher::may_grant(const Request& request) const {
  return !recovering_ && request.origin.answered;
}

std::optional<Removal> Dispatcher::grant(const Request& request, const ProfileName& name,
                                         const std::optional<Uuid>& released) {
  const std::string claim = text_of(unused_uuid());
  // As first spelled, where the table knows the profile.
  const Profile* profile = with_.table.find_profile(request.holder().hive, name);
  const ProfileName shown = profile ? profile->name() : name;
  // Named for the same reason as in acquire.
  const Change claimed =
      change::Claimed{claim, request.holder().key, shown, released, request.now.wall};
  if (!know_process(request) || !record(claimed)) {
    return std::nullopt;
  }
  granted_on_[claim] = request.origin.connection;
  publish(request, EventKind::claimed, shown.shown());
  return Removal{claim, std::string(shown.shown())};
}

// While recovering, too: the claim is not a new one, and as long as nobody knows that he has it,
// nobody ends it.
std::optional<Removal> Dispatcher::grant_again(const Request& request, const Claim& claim) {
  const bool own = claim.process->holder.key == request.holder().key;
  if (!own || granted_on_.contains(claim.id) || !request.origin.answered) {
    return std::nullopt;
  }
  granted_on_[claim.id] = request.origin.connection;
  return Removal{claim.id, std::string(claim.profile->shown())};
}

}  // namespace profile_broker::service
