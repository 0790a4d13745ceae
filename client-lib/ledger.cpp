// The bookkeeping behind ledger.h.
#include "client-lib/ledger.h"

#include <algorithm>
#include <mutex>

namespace profile_broker::client {
namespace {

using Guard = std::lock_guard<DeadlineLock>;

}  // namespace

std::string folded(const std::string& profile) {
  auto parsed = ProfileName::parse(profile);
  const auto* name = std::get_if<ProfileName>(&parsed);
  return name ? name->folded() : profile;
}

Ledger::Handle Ledger::add(OwnReference reference) {
  const Guard guard(lock_);
  references_.emplace(++last_handle_, std::move(reference));
  return last_handle_;
}

OwnReference Ledger::offer(Handle handle) {
  const Guard guard(lock_);
  auto& reference = references_.at(handle);
  reference.offered = true;
  return reference;
}

void Ledger::keep_registered(Handle handle) {
  const Guard guard(lock_);
  auto& reference = references_.at(handle);
  reference.kept = true;
  reference.registered = true;
}

bool Ledger::keep_unregistered(Handle handle) {
  const Guard guard(lock_);
  const auto found = references_.find(handle);
  const bool being_removed = std::any_of(claims_.begin(), claims_.end(), [&](const auto& c) {
    return c.second == found->second.profile.folded();
  });
  if (being_removed) {
    return false;
  }
  found->second.kept = true;
  found->second.noticed = true;
  return true;
}

bool Ledger::drop(Handle handle) {
  const Guard guard(lock_);
  const auto found = references_.find(handle);
  const bool offered = found != references_.end() && found->second.offered;
  if (found != references_.end()) {
    references_.erase(found);
  }
  return offered;
}

std::optional<OwnReference> Ledger::take(Handle handle) {
  const Guard guard(lock_);
  const auto found = references_.find(handle);
  if (found == references_.end() || !found->second.kept) {
    return std::nullopt;
  }
  auto reference = std::move(found->second);
  references_.erase(found);
  return reference;
}

Ledger::Counts Ledger::counts() const {
  const Guard guard(lock_);
  Counts counts;
  for (const auto& [handle, reference] : references_) {
    counts.own += reference.kept;
    counts.unregistered += reference.kept && !reference.registered;
  }
  return counts;
}

Ledger::Counts Ledger::counts_of(const ProfileName& profile) const {
  const Guard guard(lock_);
  Counts counts;
  for (const auto& [handle, reference] : references_) {
    if (reference.profile.folded() == profile.folded()) {
      counts.own += reference.kept;
      counts.unregistered += reference.kept && !reference.registered;
    }
  }
  return counts;
}

void Ledger::forget_registrations() {
  const Guard guard(lock_);
  for (auto& [handle, reference] : references_) {
    reference.registered = false;
  }
  clear_refusals();
}

void Ledger::forget_refusals() {
  const Guard guard(lock_);
  clear_refusals();
}

void Ledger::clear_refusals() {
  for (auto& [handle, reference] : references_) {
    reference.refused = false;
  }
  for (auto& errand : errands_) {
    errand.refused = false;
  }
}

std::vector<Ledger::Due> Ledger::due_registrations(std::size_t max) {
  const Guard guard(lock_);
  std::vector<Due> due;
  for (auto& [handle, reference] : references_) {
    if (due.size() == max) {
      break;
    }
    if (reference.kept && !reference.registered && !reference.refused) {
      reference.offered = true;
      due.push_back({handle, reference});
    }
  }
  return due;
}

void Ledger::registered(Handle handle) {
  const Guard guard(lock_);
  if (const auto found = references_.find(handle); found != references_.end()) {
    found->second.registered = true;
    found->second.noticed = false;
  }
}

void Ledger::refused(Handle handle) {
  const Guard guard(lock_);
  if (const auto found = references_.find(handle); found != references_.end()) {
    found->second.refused = true;
    found->second.noticed = true;
  }
}

bool Ledger::take_claim(const std::string& claim) {
  const Guard guard(lock_);
  return !claims_.contains(claim) && taken_claims_.insert(claim).second;
}

Ledger::Start Ledger::begin_removal(const Removal& removal) {
  if (removal.claim.empty()) {
    return Start::in_work;
  }
  const Guard guard(lock_);
  taken_claims_.erase(removal.claim);
  const auto name = folded(removal.profile);
  const bool held = std::any_of(references_.begin(), references_.end(), [&](const auto& r) {
    return r.second.kept && r.second.profile.folded() == name;
  });
  if (!claims_.emplace(removal.claim, held ? std::string() : name).second) {
    return Start::in_work;
  }
  return held ? Start::held : Start::begun;
}

void Ledger::removal_done(const std::string& claim) {
  const Guard guard(lock_);
  if (const auto found = claims_.find(claim); found != claims_.end()) {
    found->second.clear();
  }
}

void Ledger::close_claim(const std::string& claim) {
  const Guard guard(lock_);
  claims_.erase(claim);
}

void Ledger::owe(Call call) {
  const Guard guard(lock_);
  errands_.push_back({++last_errand_, std::move(call)});
}

std::optional<Ledger::Errand> Ledger::next_errand(std::uint64_t after) const {
  const Guard guard(lock_);
  const auto found = std::find_if(errands_.begin(), errands_.end(), [&](const Errand& errand) {
    return errand.number > after && !errand.refused;
  });
  return found == errands_.end() ? std::nullopt : std::optional(*found);
}

void Ledger::errand_done(std::uint64_t number) {
  const Guard guard(lock_);
  std::erase_if(errands_, [&](const Errand& errand) { return errand.number == number; });
}

void Ledger::errand_refused(std::uint64_t number) {
  const Guard guard(lock_);
  for (auto& errand : errands_) {
    errand.refused |= errand.number == number;
  }
}

bool Ledger::forget_deletion(const ProfileName& profile) {
  const Guard guard(lock_);
  const auto forgotten = std::erase_if(errands_, [&](const Errand& errand) {
    const auto* deletion = std::get_if<call::Delete>(&errand.call);
    return deletion && deletion->profile.folded() == profile.folded();
  });
  return forgotten > 0;
}

bool Ledger::has_debts() const {
  const Guard guard(lock_);
  return !errands_.empty() ||
         std::any_of(references_.begin(), references_.end(),
                     [](const auto& r) { return r.second.kept && !r.second.registered; });
}

}  // namespace profile_broker::client
