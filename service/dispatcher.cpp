// The rules behind dispatcher.h for references: who acquires and releases, and what ends with a
// process. dispatcher_removals.cpp has those for deletions, dispatcher_looking.cpp those for calls
// that only look.
#include "service/dispatcher.h"

#include <algorithm>
#include <utility>

#include "service/dispatcher_request.h"

namespace profile_broker::service {
namespace {

bool is_held_by(const Profile& profile, const ProcessKey& process) {
  const auto references = profile.references();
  return std::any_of(references.begin(), references.end(), [&](const Reference& reference) {
    return reference.process->holder.key == process;
  });
}

}  // namespace

const Refusal kCannotRemember{
    Reason::journal_unavailable,
    "the service cannot write its journal, so it would forget this at a restart; an "
    "administrator finds the cause with: profile-broker status"};

Refusal being_removed(const Profile& profile) {
  return {Reason::being_removed,
          "profile '" + std::string(profile.shown()) + "' is being deleted right now"};
}

Dispatcher::Dispatcher(Surroundings surroundings, ServiceFacts facts, ServiceLimits limits)
    : with_(std::move(surroundings)), facts_(std::move(facts)), limits_(limits) {}

Dispatcher::Outcome Dispatcher::handle(const Origin& origin, Call&& call, Moment now) {
  if (stopping_) {
    return Refusal{Reason::stopping,
                   "the service is stopping; references stay valid, connect again later"};
  }
  Acquaintance asked_for_now;
  Acquaintance& known = origin.acquaintance ? *origin.acquaintance : asked_for_now;
  if (known.as_of != with_.table.comings_and_goings()) {
    auto process = process_of(origin);
    if (auto* refusal = std::get_if<Refusal>(&process)) {
      return std::move(*refusal);
    }
    known = {std::get<const Process*>(process), with_.table.comings_and_goings()};
  }
  const Request request{origin, now, known.process};
  return std::visit([&](auto& one) { return on(request, one); }, call);
}

std::variant<const Process*, Refusal> Dispatcher::process_of(const Origin& origin) const {
  const Holder& holder = origin.caller.holder;
  const Process* known = with_.table.find_process(holder.key);
  if (known && known->holder.hive != holder.hive) {
    return Refusal{Reason::access_denied, "process " + std::to_string(holder.key.pid) +
                                              " holds profiles of account " + known->holder.hive +
                                              " and now runs as " + holder.hive};
  }
  return known;
}

Dispatcher::Outcome Dispatcher::on(const Request& request, call::Acquire& call) {
  const Holder& holder = request.holder();
  const auto answer = [](const Reference& reference) {
    const Profile& profile = *reference.profile;
    return result::Acquire{reference.uuid, static_cast<std::uint32_t>(profile.references().size()),
                           profile.temporary, profile.deletion_deferred};
  };
  if (const Reference* known =
          call.reference ? with_.table.find_reference(*call.reference) : nullptr) {
    const bool same_process = known->process->holder.key == holder.key;
    if (!same_process || !known->profile->is_named(call.profile)) {
      return Refusal{Reason::access_denied, same_process
                                                ? "this reference belongs to another profile"
                                                : "this reference belongs to another process"};
    }
    return answer(*known);
  }
  const Hive* hive = request.process ? request.process->hive : with_.table.find_hive(holder.hive);
  const Profile* before = hive ? with_.table.find_profile_to_change(*hive, call.profile) : nullptr;
  if (auto refusal = check_acquire(request, call, hive, before)) {
    return std::move(*refusal);
  }
  const bool becomes_temporary = call.temporary && !(before && before->temporary);
  // Named: gcc 12 destroys a half-made temporary of a condition after its scope.
  Change acquired = change::Acquired{call.reference ? *call.reference : unused_uuid(),
                                     holder.key,
                                     std::move(call.profile),
                                     call.temporary,
                                     request.now.wall,
                                     std::move(call.label)};
  if (!know_process(request) || !record(acquired)) {
    return kCannotRemember;
  }
  const auto& [id, key, name, temporary, since, label] = std::get<change::Acquired>(acquired);
  leftovers_.forget(holder.hive, name);
  const Process* process = request.process ? request.process : with_.table.find_process(key);
  const Reference& reference = process->references.back();
  publish(request, EventKind::acquired, reference.profile->shown(), id);
  if (becomes_temporary) {
    publish(request, EventKind::temporary, reference.profile->shown(), id);
  }
  return answer(reference);
}

std::optional<Refusal> Dispatcher::check_acquire(const Request& request, const call::Acquire& call,
                                                 const Hive* hive, const Profile* profile) const {
  if (profile && profile->claim()) {
    return being_removed(*profile);
  }
  // While recovering a reference that its program has named may be one from before the crash, which
  // must find its way back; it is not told from a new one, so both are let in.
  const bool may_be_returning = recovering_ && call.reference;
  if (profile && profile->deletion_deferred && !may_be_returning &&
      !is_held_by(*profile, request.holder().key)) {
    return Refusal{Reason::deletion_deferred,
                   "profile '" + std::string(profile->shown()) +
                       "' has been deleted and goes when its last user ends; choose another "
                       "name, or take the deletion back with profile/undelete"};
  }
  const Process* process = request.process;
  if (process && process->references.size() >= limits_.references_per_process) {
    return exceeded(
        request, "this process holds " + std::to_string(process->references.size()) + " references",
        "ReferencesPerProcess", limits_.references_per_process);
  }
  if (hive && hive->references >= limits_.references_per_user) {
    return exceeded(request,
                    "this account holds " + std::to_string(hive->references) + " references",
                    "ReferencesPerUser", limits_.references_per_user);
  }
  if (hive && !profile && hive->profiles.size() >= limits_.profiles_per_user) {
    return exceeded(
        request,
        "the service knows " + std::to_string(hive->profiles.size()) + " profiles of this account",
        "ProfilesPerUser", limits_.profiles_per_user);
  }
  return std::nullopt;
}

Dispatcher::Outcome Dispatcher::on(const Request& request, call::Release& call) {
  const Holder& holder = request.holder();
  const Reference* reference =
      call.instead.empty() ? with_.table.find_reference(call.reference) : nullptr;
  if (!reference) {
    // The answer to an earlier release may have been lost, and with it a claim.
    if (request.process && call.instead.empty()) {
      for (const Claim& claim : request.process->claims) {
        if (claim.released == call.reference) {
          return result::Release{0, Removal{claim.id, std::string(claim.profile->shown())}};
        }
      }
    }
    return Refusal{
        Reason::not_found,
        "there is no reference " + (call.instead.empty() ? text_of(call.reference) : call.instead)};
  }
  if (reference->process->holder.key != holder.key) {
    return Refusal{Reason::access_denied, "this reference belongs to another process"};
  }
  const Profile& profile = *reference->profile;
  const auto left = static_cast<std::uint32_t>(profile.references().size() - 1);
  const bool may_be_last = left == 0 && profile.is_to_be_deleted();
  // The profile may go with its last reference; whoever needs its name afterwards has it here.
  std::optional<ProfileName> name;
  if (may_be_last || with_.events.has_subscribers()) {
    name = profile.name();
  }
  const Uuid id = call.reference;
  record_anyway(change::Released{id});
  if (name) {
    publish(request, EventKind::released, name->shown(), id);
  }
  result::Release result{left, std::nullopt};
  if (may_be_last && may_grant(request)) {
    result.removal = grant(request, *name, id);
  }
  return result;
}

void Dispatcher::process_ended(const ProcessKey& process, Moment now) noexcept {
  const Process* ended = with_.table.find_process(process);
  if (!ended) {
    return;
  }
  std::vector<Event> news;
  try {
    leftovers_.note_end_of(*ended);
    news = news_of_end(*ended, now);
  } catch (...) {  // out of memory: subscribers miss it, nobody else does
    news.clear();
  }
  for (const Claim& claim : ended->claims) {
    granted_on_.erase(claim.id);
    leftover_claims_.erase(claim.id);
  }
  record_anyway(change::ProcessEnded{process});
  try {
    for (auto& event : news) {
      with_.events.publish(std::move(event));
    }
  } catch (...) {  // the same
    return;
  }
}

std::vector<Event> Dispatcher::news_of_end(const Process& ended, Moment now) const {
  std::vector<Event> news;
  if (!with_.events.has_subscribers()) {
    return news;
  }
  const Holder& holder = ended.holder;
  const auto tell = [&](EventKind kind, const Profile& profile, std::optional<Uuid> reference) {
    news.push_back({0, now.wall, kind, holder.hive, std::string(profile.shown()), holder.key.pid,
                    holder.session, reference});
  };
  for (const Claim& claim : ended.claims) {
    tell(EventKind::kept, *claim.profile, std::nullopt);
  }
  for (const Reference& reference : ended.references) {
    tell(EventKind::process_ended, *reference.profile, reference.uuid);
  }
  return news;
}

void Dispatcher::connection_closed(ConnectionId connection) {
  std::erase_if(granted_on_, [&](const auto& claim) { return claim.second == connection; });
}

Refusal Dispatcher::exceeded(const Request& request, const std::string& what,
                             std::string_view setting, std::uint32_t limit) const {
  const Holder& holder = request.holder();
  with_.report(log_event<LogEventId::quota_reached>(holder.hive, setting, limit, holder.key.pid,
                                                    holder.image));
  return {Reason::quota_exceeded, what + "; the limit is " + std::to_string(limit)};
}

// Clients choose ids, too, and theirs need not be random.
Uuid Dispatcher::unused_uuid() const {
  Uuid id;
  do {
    id = with_.new_uuid();
  } while (with_.table.find_reference(id) || with_.table.find_claim(text_of(id)));
  return id;
}

bool Dispatcher::record(const Change& change) try {
  return with_.journal.keep(change) && with_.table.apply(change);
} catch (...) {  // out of memory: perhaps in the journal, and not in the table
  with_.journal.distrust();
  throw;
}

void Dispatcher::record_anyway(const Change& change) noexcept {
  try {
    with_.journal.keep(change);
  } catch (...) {  // out of memory
    with_.journal.distrust();
  }
  with_.table.apply(change);  // an end, which takes no memory
}

bool Dispatcher::know_process(const Request& request) {
  const Holder& holder = request.holder();
  // A sweep's second claim comes after its first.
  if (request.process || with_.table.find_process(holder.key)) {
    return true;
  }
  if (!record(change::ProcessSeen{holder})) {
    return false;
  }
  with_.holders.watch(holder.key);
  return true;
}

void Dispatcher::publish(const Request& request, EventKind kind, std::string_view profile,
                         const std::optional<Uuid>& reference) {
  if (!with_.events.has_subscribers()) {
    return;
  }
  const Holder& holder = request.holder();
  with_.events.publish({0, request.now.wall, kind, holder.hive, std::string(profile),
                        holder.key.pid, holder.session, reference});
}

}  // namespace profile_broker::service
