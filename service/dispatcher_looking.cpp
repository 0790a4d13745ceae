// The dispatcher's calls that change nothing: hello, query, list, status, subscribe. Whoever may
// look at another account's hive is decided in scope() and nowhere else.
#include <algorithm>
#include <array>
#include <utility>

#include "service/dispatcher_request.h"

namespace profile_broker::service {

namespace {

// The claims of a hive stand in the order in which they were granted.
void note_oldest_claim(const Hive& hive, std::optional<result::Status::OldestClaim>& oldest) {
  if (hive.claims.empty()) {
    return;
  }
  const Claim& claim = hive.claims.front();
  if (!oldest || claim.since < oldest->remover.since) {
    oldest = {hive.id, std::string(claim.profile->shown()), remover_of(claim)};
  }
}

// A profile among those that are sorted by their folded names.
struct Named {
  std::uint64_t begin;      // the first bytes that are not the same for all, as a number that sorts
                            // as they do
  std::string_view folded;  // in the text of all
  const Profile* profile;

  bool operator<(const Named& other) const {
    return begin != other.begin ? begin < other.begin : folded < other.folded;
  }
};

// Names of programs' profiles begin alike; comparing what all have in common, for each of the many
// comparisons of a sort, was a third of a long list's time.
void note_begins(std::vector<Named>& named) {
  const std::string_view one = named.empty() ? std::string_view() : named.front().folded;
  std::size_t same = one.size();
  for (const auto& [begin, folded, profile] : named) {
    const auto differs =
        std::mismatch(one.begin(), one.begin() + same, folded.begin(), folded.end());
    same = static_cast<std::size_t>(differs.first - one.begin());
  }
  for (auto& [begin, folded, profile] : named) {
    for (std::size_t i = same; i < same + sizeof begin; ++i) {
      begin = begin << 8 | (i < folded.size() ? static_cast<unsigned char>(folded[i]) : 0U);
    }
  }
}

std::vector<const Profile*> by_name(const Hive& hive) {
  std::string names;
  std::vector<std::pair<std::size_t, const Profile*>> ends;
  ends.reserve(hive.profiles.size());
  std::array<char, Profile::kMostNameBytes> room;
  hive.profiles.for_each([&](const Profile& profile) {
    names.append(profile.folded(room));
    ends.emplace_back(names.size(), &profile);
  });
  std::vector<Named> named;
  named.reserve(ends.size());
  std::size_t at = 0;
  for (const auto& [end, profile] : ends) {
    named.push_back({0, std::string_view(names).substr(at, end - at), profile});
    at = end;
  }
  note_begins(named);
  std::sort(named.begin(), named.end());
  std::vector<const Profile*> profiles;
  profiles.reserve(named.size());
  for (const auto& one : named) {
    profiles.push_back(one.profile);
  }
  return profiles;
}

}  // namespace

std::variant<std::optional<std::string_view>, Refusal> Dispatcher::scope(
    const Request& request, bool all, const std::optional<std::string>& hive) const {
  const std::string& own = request.holder().hive;
  const bool foreign = all || (hive && *hive != own);
  if (foreign && !request.origin.caller.elevated) {
    return Refusal{Reason::access_denied,
                   "only administrators may look at other accounts' profiles"};
  }
  if (all && !hive) {
    return std::optional<std::string_view>();
  }
  return std::optional<std::string_view>(hive ? *hive : own);
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Hello& call) {
  if (call.protocol && *call.protocol != kProtocolVersion) {
    return Refusal{Reason::version_mismatch,
                   "this service speaks protocol " + std::to_string(kProtocolVersion) +
                       ", the client asked for " + std::to_string(*call.protocol)};
  }
  const Holder& holder = request.holder();
  return result::Hello{facts_.version, facts_.instance, holder.hive,
                       holder.session, holder.key.pid,  request.origin.caller.elevated};
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Query& call) {
  auto where = scope(request, false, call.hive);
  if (auto* refusal = std::get_if<Refusal>(&where)) {
    return std::move(*refusal);
  }
  const std::string_view id = *std::get<std::optional<std::string_view>>(where);
  const Process* own = request.process;
  const Hive* hive = own && own->hive->id == id ? own->hive : with_.table.find_hive(id);
  return LiveProfile{hive ? with_.table.find_profile(*hive, call.profile) : nullptr,
                     call.profile.shown()};
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::List& call) {
  auto where = scope(request, call.all, call.hive);
  if (auto* refusal = std::get_if<Refusal>(&where)) {
    return std::move(*refusal);
  }
  const auto& only = std::get<std::optional<std::string_view>>(where);
  std::vector<const Hive*> hives;
  std::size_t profiles = 0;
  std::size_t listed = 0;
  const auto look_into = [&](const Hive& hive) {
    profiles += hive.profiles.size();
    listed += hive.profiles.size() + hive.references;
    hives.push_back(&hive);
  };
  if (only) {
    if (const Hive* hive = with_.table.find_hive(*only)) {
      look_into(*hive);
    }
  } else {
    for (const auto& [id, hive] : with_.table.hives()) {
      look_into(hive);
    }
  }
  if (listed > kMaxListed) {
    return Refusal{Reason::quota_exceeded, "the list would have " + std::to_string(listed) +
                                               " profiles and references; the limit is " +
                                               std::to_string(kMaxListed) +
                                               ": ask for one hive, or query one profile"};
  }
  std::sort(hives.begin(), hives.end(), [](const Hive* a, const Hive* b) { return a->id < b->id; });
  result::List result;
  result.profiles.reserve(profiles);
  for (const Hive* hive : hives) {
    for (const Profile* profile : by_name(*hive)) {
      result.profiles.push_back(report_on(hive->id, *profile));
    }
  }
  return result;
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Status&) {
  result::Status status;
  status.version = facts_.version;
  status.instance = facts_.instance;
  status.started = facts_.started;
  status.uptime_seconds = static_cast<double>(request.now.up.count()) / 1000.0;
  status.recovering = recovering_;
  std::optional<std::string> user;  // administrators see the whole machine
  if (request.origin.caller.elevated) {
    status.profiles = with_.table.profile_count();
    status.references = with_.table.reference_count();
    status.processes = with_.table.processes().size();
    status.claims = with_.table.claim_count();
    status.hives = with_.table.hives().size();
    for (const auto& [id, hive] : with_.table.hives()) {
      note_oldest_claim(hive, status.oldest_claim);
    }
  } else {
    user = request.holder().hive;
    if (const Hive* hive = with_.table.find_hive(*user)) {
      status.profiles = hive->profiles.size();
      status.references = hive->references;
      status.processes = hive->processes.size();
      status.claims = hive->claims.size();
      status.hives = 1;
      note_oldest_claim(*hive, status.oldest_claim);
    }
  }
  status.subscribers = with_.events.subscriber_count(user);
  status.connections_total = limits_.connections;
  status.connections_per_user = limits_.connections_per_user;
  status.silent_connections_per_user = limits_.silent_connections_per_user;
  status.references_per_process = limits_.references_per_process;
  status.references_per_user = limits_.references_per_user;
  status.profiles_per_user = limits_.profiles_per_user;
  status.recovery_seconds = static_cast<std::uint32_t>(limits_.recovery_time.count());
  with_.add_status(status, user);
  return status;
}

Dispatcher::Outcome Dispatcher::on(const Request& request, const call::Subscribe& call) {
  auto where = scope(request, call.all, call.hive);
  if (auto* refusal = std::get_if<Refusal>(&where)) {
    return std::move(*refusal);
  }
  if (!request.origin.subscriber) {
    return Refusal{Reason::invalid_request,
                   "broker/subscribe needs a connection that can take notifications"};
  }
  with_.events.subscribe(
      *request.origin.subscriber,
      std::optional<std::string>(std::get<std::optional<std::string_view>>(where)));
  return result::Subscribe{};
}

}  // namespace profile_broker::service
