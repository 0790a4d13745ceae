// The turns, the reconnecting and the making good behind session.h.
#include "client-lib/session.h"

#include <algorithm>

namespace profile_broker::client {
namespace {

Call registration_of(const OwnReference& reference) {
  return call::Acquire{reference.profile, reference.id, reference.temporary, ""};
}

// Refusals that say nothing about the request itself; it is asked again later.
bool is_passing(const Failure& failure) {
  constexpr Reason kPassing[] = {Reason::stopping, Reason::recovering, Reason::journal_unavailable,
                                 Reason::internal_error, Reason::quota_exceeded};
  return std::any_of(std::begin(kPassing), std::end(kPassing),
                     [&](Reason reason) { return failure.refused_as(reason); });
}

template <typename R>
std::vector<Removal> removal_in(const ResultText& answer) {
  const auto read = read_result<R>(answer.json);
  return read && read->removal ? std::vector{*read->removal} : std::vector<Removal>();
}

// The removals that an answer grants.
std::vector<Removal> granted_by(const Call& call, const ResultText& answer) {
  if (std::holds_alternative<call::Release>(call)) {
    return removal_in<result::Release>(answer);
  }
  if (std::holds_alternative<call::Delete>(call)) {
    return removal_in<result::Delete>(answer);
  }
  if (std::holds_alternative<call::Sweep>(call)) {
    const auto read = read_result<result::Sweep>(answer.json);
    return read ? read->removals : std::vector<Removal>();
  }
  return {};
}

}  // namespace

Failure Session::Turn::not_got() {
  return {Failure::Kind::unreachable, hresult::kTimeout, "",
          "other threads of this process have been waiting for the service's answers all the "
          "time; try again"};
}

Outcome<result::Acquire> Session::acquire(Ledger::Handle handle, Patience& patience) {
  return patience.spend([&](Deadline deadline) -> Outcome<result::Acquire> {
    const Turn turn(turn_, deadline);
    if (!turn) {
      return Turn::not_got();
    }
    if (auto failure = connect(deadline)) {
      return std::move(*failure);
    }
    auto granted = ask_connected<result::Acquire>(registration_of(ledger_.offer(handle)), deadline);
    if (granted) {
      // Before the turn ends: whoever reconnects next registers it again.
      ledger_.keep_registered(handle);
    }
    return granted;
  });
}

std::optional<Outcome<result::Release>> Session::release(Ledger::Handle handle,
                                                         Patience& patience) {
  using Released = std::optional<Outcome<result::Release>>;
  return patience.spend([&](Deadline deadline) -> Released {
    const Turn turn(turn_, deadline);
    // While the reference is still in the ledger: connecting registers one that the service does
    // not know yet, so that the service sees its end and grants the removal.
    auto absence = turn ? connect(deadline) : Turn::not_got();
    const auto reference = ledger_.take(handle);
    if (!reference) {
      return std::nullopt;
    }
    if (reference->noticed) {
      notices_.leave_reference(reference->id);
    }
    if (absence) {
      if (reference->offered) {
        ledger_.owe(call::Release{reference->id});
      }
      return std::move(*absence);
    }
    auto released = ask_connected<result::Release>(call::Release{reference->id}, deadline);
    if (!released && (released.failure().is_absence() || is_passing(released.failure()))) {
      ledger_.owe(call::Release{reference->id});
    }
    return released;
  });
}

void Session::settle(Patience& patience) {
  patience.spend([&](Deadline deadline) {
    const Turn turn(turn_, deadline);
    if (turn) {
      ledger_.forget_refusals();
      connect(deadline);
    }
  });
}

Outcome<result::Hello> Session::hello(Patience& patience) {
  return patience.spend([&](Deadline deadline) -> Outcome<result::Hello> {
    const Turn turn(turn_, deadline);
    auto failure = turn ? connect(deadline) : Turn::not_got();
    if (failure) {
      return std::move(*failure);
    }
    return connection_->hello();
  });
}

Outcome<ResultText> Session::ask_for_text(const Call& call, Deadline deadline) {
  std::optional<Failure> unanswered;
  for (int attempt = 1;; ++attempt) {
    if (auto failure = connect(deadline)) {
      // The service may have acted on what was asked before, though nobody is there now.
      return std::move(unanswered ? *unanswered : *failure);
    }
    auto answer =
        connection_->ask(call, std::min<Deadline>(deadline, Clock::now() + kCallDeadline));
    if (!connection_->usable() || (!answer && answer.failure().kind == Failure::Kind::unanswered)) {
      connection_.reset();
    }
    if (answer || !answer.failure().broken || attempt == 2) {
      return answer;
    }
    unanswered = answer.failure();
  }
}

// What another thread has is left without a claim.
void Session::take_claim(Removal& removal) {
  if (!ledger_.take_claim(removal.claim)) {
    removal.claim.clear();
  }
}

std::optional<Failure> Session::connect(Deadline deadline) {
  // Once more when an idle connection turns out to have ended, as it does when the service was
  // restarted.
  for (int attempt = 1;; ++attempt) {
    if (!connection_) {
      auto opened = Connection::open(endpoint_, deadline);
      if (!opened) {
        return std::move(opened.failure());
      }
      connection_ = std::move(*opened);
      ledger_.forget_registrations();
    }
    auto failure = make_good(deadline);
    if (!failure) {
      return std::nullopt;
    }
    connection_.reset();
    if (!failure->broken || attempt == 2) {
      return failure;
    }
  }
}

std::optional<Failure> Session::make_good(Deadline deadline) {
  auto failure = register_references(deadline);
  return failure ? std::move(failure) : run_errands(deadline);
}

std::optional<Failure> Session::register_references(Deadline deadline) {
  for (;;) {
    const auto due = ledger_.due_registrations(Connection::kMaxRequestsInFlight);
    if (due.empty()) {
      return std::nullopt;
    }
    std::vector<Call> calls;
    std::transform(due.begin(), due.end(), std::back_inserter(calls),
                   [](const auto& d) { return registration_of(d.reference); });
    const auto answers = connection_->ask_all(calls, deadline);
    for (std::size_t i = 0; i < due.size(); ++i) {
      if (answers[i]) {
        registered(due[i]);
      } else if (answers[i].failure().kind == Failure::Kind::refused) {
        refused(due[i]);
      } else {
        return answers[i].failure();
      }
    }
  }
}

// Both with the turn held, in which nobody releases the reference.
void Session::registered(const Ledger::Due& due) {
  ledger_.registered(due.handle);
  if (due.reference.noticed) {
    notices_.leave_reference(due.reference.id);
  }
}

void Session::refused(const Ledger::Due& due) {
  if (!due.reference.noticed) {
    notices_.enter_kept_reference(due.reference.id, due.reference.profile);
  }
  ledger_.refused(due.handle);
}

// A deletion that the service would carry out now, because it has yet to learn of a reference: told
// again until it has, so that the end of that reference deletes the profile.
bool Session::waits_for_registration(const Call& errand) const {
  const auto* deletion = std::get_if<call::Delete>(&errand);
  return deletion && notices_.has_reference_to(deletion->profile);
}

// What an errand's answer grants. The program's thread that asked is long gone, so no remover can
// run: the claims are given back, and the mark in the hive leads the next sweep there. True when
// there was one that no thread of this process has.
bool Session::give_back(const std::vector<Removal>& removals) {
  bool any = false;
  for (const auto& removal : removals) {
    if (ledger_.take_claim(removal.claim)) {
      ledger_.begin_removal(removal);
      ledger_.removal_done(removal.claim);
      ledger_.owe(call::Finish{removal.claim, false});
      any = true;
    }
  }
  return any;
}

std::optional<Failure> Session::run_errands(Deadline deadline) {
  std::uint64_t last = 0;
  while (const auto errand = ledger_.next_errand(last)) {
    last = errand->number;
    const auto answer = connection_->ask(errand->call, deadline);
    if (!answer && answer.failure().kind != Failure::Kind::refused) {
      return answer.failure();
    }
    if (!answer && is_passing(answer.failure())) {
      ledger_.errand_refused(errand->number);
      continue;
    }
    if (answer && give_back(granted_by(errand->call, *answer)) &&
        waits_for_registration(errand->call)) {
      ledger_.errand_refused(errand->number);
      continue;
    }
    if (const auto* finish = std::get_if<call::Finish>(&errand->call)) {
      ledger_.close_claim(finish->claim);
    }
    ledger_.errand_done(errand->number);
  }
  return std::nullopt;
}

}  // namespace profile_broker::client
