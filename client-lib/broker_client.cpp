// Acquiring, releasing, deleting and their removals, behind broker_client.h. Sweeping and asking
// are in sweep.cpp.
#include "client-lib/broker_client.h"

#include <mutex>

#include "client-lib/error_text.h"
#include "client-lib/random_bytes.h"
#include "proto/uuid.h"

namespace profile_broker::client {
namespace {

BrokerClient::Done failed(const Failure& failure) {
  return {failure.hresult, failure.text, failure.is_absence()};
}

// A callback must not throw; one that does has not deleted the profile for sure, and its claim must
// be given back all the same.
std::uint32_t result_of(const Remover& remove, const std::string& profile) {
  try {
    return remove(profile);
  } catch (...) {
    return hresult::kCallFailed;
  }
}

bool is_success(std::uint32_t result) {
  return (result & 0x80000000U) == 0;
}

}  // namespace

BrokerClient::Removing BrokerClient::run_remover(const Remover& remover, const Removal& removal) {
  if (!remover) {
    return {Removed::no_remover, hresult::kNoSupport};
  }
  const auto result = result_of(remover, removal.profile);
  if (is_success(result)) {
    return {Removed::yes};
  }
  return {result == hresult::kNotFound ? Removed::was_gone : Removed::failed, result};
}

BrokerClient::BrokerClient(Endpoint endpoint, HiveMarks marks)
    : marks_(std::move(marks)),
      notices_(marks_),
      session_(std::move(endpoint), ledger_, notices_),
      timer_([this] {
        Patience patience;
        session_.settle(patience);
        return ledger_.has_debts();
      }) {}

BrokerClient::Done BrokerClient::acquire(const ProfileName& profile, bool temporary,
                                         Ledger::Handle& handle) {
  const bool marked = temporary && marks_.write(profile) == HiveMarks::Written::created;
  const auto id = uuid_from_random(random_bytes());
  handle = ledger_.add({id, profile, temporary});
  Patience patience;
  const auto granted = session_.acquire(handle, patience);
  settle_later();
  const bool absent = !granted && granted.failure().is_absence();
  auto done = granted  ? Done{}
              : absent ? keep_without_service(handle, id, profile, granted.failure())
                       : failed(granted.failure());
  if (is_success(done.result)) {
    if (temporary) {
      // Again: a removal that was ending meanwhile may have taken the mark away. From here on
      // nobody removes the profile.
      marks_.write(profile);
    }
    return done;
  }
  if (ledger_.drop(handle) && absent) {
    ledger_.owe(call::Release{id});
    settle_later();
  }
  if (marked) {
    marks_.remove(profile);
  }
  return done;
}

BrokerClient::Done BrokerClient::keep_without_service(Ledger::Handle handle, const Uuid& id,
                                                      const ProfileName& profile,
                                                      const Failure& absence) {
  if (notices_.enter_reference(id, profile)) {
    if (ledger_.keep_unregistered(handle)) {
      settle_later();
      return {hresult::kNoService, absence.text, true};
    }
    notices_.leave_reference(id);
  }
  return {hresult::kBusy,
          "a process of this account is deleting the profile right now; try again in a moment"};
}

BrokerClient::Done BrokerClient::release(Ledger::Handle handle) {
  Patience patience;
  const auto released = session_.release(handle, patience);
  settle_later();
  if (!released) {
    return {hresult::kInvalidParameter, "not a reference of this process, or released before"};
  }
  if (!*released) {
    const auto& failure = released->failure();
    if (failure.refused_as(Reason::not_found)) {
      return {};  // the service lost or dropped it: it has ended all the same
    }
    return failure.is_absence() ? Done{hresult::kNoService, failure.text, true} : failed(failure);
  }
  if (const auto& removal = (*released)->removal) {
    const auto removing = carry_out(*removal, patience, remover());
    if (removing.how == Removed::failed || removing.how == Removed::no_remover) {
      return {removing.result,
              "the profile could not be deleted; it stays marked, and the next "
              "sweep tries again"};
    }
  }
  return {};
}

BrokerClient::Done BrokerClient::delete_profile(const ProfileName& profile, bool& deferred) {
  return delete_profile(profile, remover(), deferred);
}

BrokerClient::Done BrokerClient::delete_profile(const ProfileName& profile, const Remover& remover,
                                                bool& deferred) {
  deferred = false;
  const auto written = marks_.write(profile);
  const auto take_back_mark = [&] {
    if (written == HiveMarks::Written::created) {
      marks_.remove(profile);
    }
  };
  Patience patience;
  const auto answer = session_.ask<result::Delete>(call::Delete{profile}, patience);
  settle_later();
  if (!answer) {
    if (!answer.failure().is_absence()) {
      take_back_mark();
      return failed(answer.failure());
    }
    if (written == HiveMarks::Written::failed) {
      return {hresult::kNoAccess,
              "the service does not answer, and the deletion cannot be marked in the registry",
              true};
    }
    ledger_.owe(call::Delete{profile});
    settle_later();
    deferred = true;
    return {hresult::kOk, answer.failure().text, true};
  }
  if (!answer->removal) {
    deferred = true;
    return {};
  }
  const auto removing = carry_out(*answer->removal, patience, remover);
  switch (removing.how) {
    case Removed::yes:
      return {};
    case Removed::was_gone:
      return {hresult::kNotFound, "there is no such profile"};
    case Removed::held:
      // By a reference that the service has yet to learn of. It is told of the deletion again when
      // it knows the reference.
      ledger_.owe(call::Delete{profile});
      settle_later();
      deferred = true;
      return {};
    case Removed::no_remover:
      deferred = true;
      return {removing.result,
              "there is no MAPI here to delete the profile with; it stays marked for deletion"};
    case Removed::by_another_thread:
      return {hresult::kBusy, "another thread of this process is deleting the profile right now"};
    case Removed::failed:
      break;
  }
  take_back_mark();  // the program is told, as by MAPI, and the profile stays
  return {removing.result, error_text(removing.result)};
}

BrokerClient::Done BrokerClient::undelete(const ProfileName& profile) {
  const bool owed = ledger_.forget_deletion(profile);
  const auto answer = ask<result::Undelete>(call::Undelete{profile});
  if (!answer) {
    if (owed) {
      // Nothing is taken back. The service may even have granted the removal, in an answer that got
      // lost: it has to be asked again, so that this removal ends.
      ledger_.owe(call::Delete{profile});
      settle_later();
    }
    return failed(answer.failure());
  }
  if (!marks_.remove(profile)) {
    return {hresult::kNoAccess,
            "the service has taken the deletion back, but the mark in the registry cannot be "
            "removed; the next sweep would delete the profile"};
  }
  return {};
}

BrokerClient::Removing BrokerClient::carry_out(const Removal& removal, Patience& patience,
                                               const Remover& remover) {
  const auto start = ledger_.begin_removal(removal);
  if (start == Ledger::Start::in_work) {
    return {Removed::by_another_thread};
  }
  const auto removing = start == Ledger::Start::begun ? remove_unless_held(removal, remover)
                                                      : Removing{Removed::held};
  ledger_.removal_done(removal.claim);
  report(removal, is_gone(removing.how), patience);
  return removing;
}

BrokerClient::Removing BrokerClient::remove_unless_held(const Removal& removal,
                                                        const Remover& remover) const {
  const auto parsed = ProfileName::parse(removal.profile);
  const auto* profile = std::get_if<ProfileName>(&parsed);
  if (!profile) {
    return {Removed::failed, hresult::kInvalidParameter};  // no profile is called that
  }
  if (!notices_.enter_removal(removal.claim, *profile)) {
    return {Removed::held};
  }
  const auto removing = run_remover(remover, removal);
  if (is_gone(removing.how)) {
    marks_.remove(*profile);
  }
  notices_.leave_removal(removal.claim);
  return removing;
}

bool BrokerClient::is_gone(Removed how) {
  return how == Removed::yes || how == Removed::was_gone;
}

// The claim survives a restart of the service, so whatever is not answered now is told later.
void BrokerClient::report(const Removal& removal, bool removed, Patience& patience) {
  const call::Finish finish{removal.claim, removed};
  const auto answer = session_.ask<result::Finish>(finish, patience);
  if (answer || answer.failure().refused_as(Reason::not_found) ||
      answer.failure().refused_as(Reason::access_denied)) {
    ledger_.close_claim(removal.claim);
  } else {
    ledger_.owe(finish);
  }
  settle_later();
}

bool BrokerClient::is_removing_here(const ProfileName& profile) const {
  return notices_.has_own_removal_of(profile);
}

void BrokerClient::set_remover(Remover remover) {
  const std::lock_guard guard(remover_lock_);
  remover_ = std::move(remover);
}

Remover BrokerClient::remover() const {
  const std::lock_guard guard(remover_lock_);
  return remover_ ? remover_ : default_remover();
}

bool BrokerClient::has_remover() const {
  return static_cast<bool>(remover());
}

void BrokerClient::settle_later() {
  if (ledger_.has_debts()) {
    timer_.arm();
  }
}

}  // namespace profile_broker::client
