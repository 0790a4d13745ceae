// Sweeping and asking, behind broker_client.h.
#include <algorithm>
#include <set>

#include "client-lib/broker_client.h"

namespace profile_broker::client {
namespace {

// Names go to the service in pieces well under kMaxRequestBytes: 64 UTF-16 units have at most 192
// bytes.
constexpr std::size_t kNamesPerSweep = 256;
static_assert(kNamesPerSweep * (3 * kMaxProfileNameUnits + 3) < kMaxRequestBytes);

}  // namespace

BrokerClient::Done BrokerClient::sweep(Swept& swept) {
  for (const auto& names : marked_profiles()) {
    auto done = sweep_some(names, swept);
    if (done.result != hresult::kOk) {
      return done;
    }
  }
  return {};
}

// One piece of the marked names. The service answers a limited number of removals at a time, so it
// is asked until it has no other: one that came back is one that could not be deleted.
BrokerClient::Done BrokerClient::sweep_some(const std::vector<ProfileName>& names, Swept& swept) {
  std::set<std::string> tried;
  for (bool progress = true; progress;) {
    progress = false;
    Patience patience;  // anew: the service is answering
    const auto answer = session_.ask<result::Sweep>(call::Sweep{names}, patience);
    settle_later();
    if (!answer) {
      return {answer.failure().hresult, answer.failure().text, answer.failure().is_absence()};
    }
    for (const auto& removal : answer->removals) {
      progress |= tried.insert(removal.profile).second;
      Patience reporting;
      const auto removing = carry_out(removal, reporting);
      if (removing.how == Removed::yes) {
        swept.removed.push_back(removal.profile);
      } else if (removing.how == Removed::held) {
        swept.kept.push_back({removal.profile, KeptReason::in_use});
      } else if (removing.how == Removed::by_another_thread) {
        swept.kept.push_back({removal.profile, KeptReason::being_removed});
      } else if (removing.how != Removed::was_gone) {
        swept.failed.push_back({removal.profile, removing.result});
      }
    }
    if (!progress) {
      swept.kept.insert(swept.kept.end(), answer->kept.begin(), answer->kept.end());
    }
  }
  return {};
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
