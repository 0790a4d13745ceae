// Sweeping and asking, behind broker_client.h.
#include <set>

#include "client-lib/broker_client.h"

namespace profile_broker::client {
namespace {

// Names go to the service in pieces well under kMaxRequestBytes: 64 UTF-16 units have at most 192
// bytes.
constexpr std::size_t kNamesPerSweep = 256;
static_assert(kNamesPerSweep * (3 * kMaxProfileNameUnits + 3) < kMaxRequestBytes);

std::uint32_t leave_as_it_is(const std::string&) {
  return hresult::kCallFailed;
}

}  // namespace

BrokerClient::Done BrokerClient::sweep(Swept& swept, Deadline until) {
  for (auto& names : marked_profiles()) {
    if (Clock::now() >= until) {
      break;
    }
    auto done = sweep_some(std::move(names), swept, until);
    if (done.result != hresult::kOk) {
      return done;
    }
  }
  return {};
}

// One piece of the marked names. The service answers a limited number of removals at a time and is
// asked again while it may have more; what was dealt with is not named again, and what comes back
// all the same could not be deleted and is given back untried.
BrokerClient::Done BrokerClient::sweep_some(std::vector<ProfileName> names, Swept& swept,
                                            Deadline until) {
  std::set<std::string> seen;  // folded
  for (bool more = true; more;) {
    Patience patience;  // anew: the service is answering
    const auto answer = session_.ask<result::Sweep>(call::Sweep{names}, patience);
    if (!answer && answer.failure().kind == Failure::Kind::unanswered) {
      // It may have granted removals that nobody here knows of: they are asked for again, and given
      // back.
      ledger_.owe(call::Sweep{});
    }
    settle_later();
    if (!answer) {
      return {answer.failure().hresult, answer.failure().text, answer.failure().is_absence()};
    }
    const auto seen_before = seen.size();
    for (const auto& removal : answer->removals) {
      const bool first_time = seen.insert(folded(removal.profile)).second;
      sweep_one(removal, first_time && Clock::now() < until, swept);
    }
    for (const auto& kept : answer->kept) {
      if (seen.insert(folded(kept.profile)).second) {
        swept.kept.push_back(kept);
      }
    }
    std::erase_if(names, [&](const auto& name) { return seen.contains(name.folded()); });
    more = answer->removals.size() >= kMaxRemovalsPerSweep && seen.size() > seen_before &&
           Clock::now() < until;
  }
  return {};
}

void BrokerClient::sweep_one(const Removal& removal, bool try_it, Swept& swept) {
  Patience patience;
  const auto removing = carry_out(removal, patience, try_it ? remover() : Remover(leave_as_it_is));
  if (!try_it) {
    return;
  }
  switch (removing.how) {
    case Removed::yes:
      swept.removed.push_back(removal.profile);
      break;
    case Removed::was_gone:
      break;
    case Removed::held:
      swept.kept.push_back({removal.profile, KeptReason::in_use});
      break;
    case Removed::by_another_thread:
      swept.kept.push_back({removal.profile, KeptReason::being_removed});
      break;
    case Removed::failed:
    case Removed::no_remover:
      swept.failed.push_back({removal.profile, removing.result});
      break;
  }
}

// A sweep that names the profile is the one question that claims an unused profile without asking
// for its deletion. The leftovers that come with the answer are swept as ever.
BrokerClient::Done BrokerClient::while_unused(const ProfileName& profile, const Remover& work,
                                              bool& in_use) {
  in_use = true;
  Patience patience;
  const auto answer = session_.ask<result::Sweep>(call::Sweep{{profile}}, patience);
  settle_later();
  if (!answer) {
    return {answer.failure().hresult, answer.failure().text, answer.failure().is_absence()};
  }
  Done done;
  for (const auto& removal : answer->removals) {
    if (folded(removal.profile) != profile.folded()) {
      Swept leftovers;
      sweep_one(removal, true, leftovers);
      continue;
    }
    const auto removing = carry_out(removal, patience, work);
    in_use = removing.how == Removed::held || removing.how == Removed::by_another_thread;
    done.result = removing.result;
  }
  return done;
}

// In pieces; at least one, because the service also considers what it knows itself.
std::vector<std::vector<ProfileName>> BrokerClient::marked_profiles() const {
  const auto names = marks_.of_this_host();
  std::vector<std::vector<ProfileName>> pieces(1);
  for (const auto& name : names) {
    if (pieces.back().size() == kNamesPerSweep) {
      pieces.emplace_back();
    }
    pieces.back().push_back(name);
  }
  return pieces;
}

Outcome<BrokerClient::Usage> BrokerClient::query(const ProfileName& profile) {
  auto answer = ask<result::Query>(call::Query{profile, std::nullopt});
  settle_later();
  if (!answer) {
    return std::move(answer.failure());
  }
  const auto own = ledger_.counts_of(profile);
  Usage usage{std::move(answer->report), own.own};
  usage.report.references += own.unregistered;
  return usage;
}

BrokerClient::Standing BrokerClient::standing() {
  Standing standing;
  Patience patience;
  const auto status = session_.ask<result::Status>(call::Status{}, patience);
  if (status) {
    standing.available = true;
    standing.status = *status;
    const auto hello = session_.hello(patience);
    standing.elevated = hello && hello->elevated;
  }
  settle_later();
  standing.own = ledger_.counts();
  return standing;
}

}  // namespace profile_broker::client
