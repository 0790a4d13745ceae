// This process's one connection to the service, shared by all its threads, which take turns. Opens
// it when it is needed and again when it broke. Whatever the service may have forgotten or missed
// is made good before anything else is asked: on a new connection all own references are acquired
// once more (the service knows them by their UUIDs, so that changes nothing where nothing was
// lost), then the errands are run. References that the service has yet to confirm are kept noticed
// in the hive (hive_notices.h). Requests are idempotent, so one whose connection breaks is asked
// once more.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "client-lib/connection.h"
#include "client-lib/deadline_lock.h"
#include "client-lib/hive_notices.h"
#include "client-lib/ledger.h"

namespace profile_broker::client {

class Session {
 public:
  // ledger, notices: borrowed, outlive the session.
  Session(Endpoint endpoint, Ledger& ledger, const HiveNotices& notices)
      : endpoint_(std::move(endpoint)), ledger_(ledger), notices_(notices) {}

  template <typename R>
  Outcome<R> ask(const Call& call, Patience& patience) {
    return patience.spend([&](Deadline deadline) -> Outcome<R> {
      const Turn turn(turn_, deadline);
      return turn ? ask_connected<R>(call, deadline) : Turn::not_got();
    });
  }

  // Asks for the added reference and keeps it when granted.
  Outcome<result::Acquire> acquire(Ledger::Handle handle, Patience& patience);

  // Takes the reference out of the ledger and tells the service, now or as an errand. Nothing when
  // handle is not a reference.
  std::optional<Outcome<result::Release>> release(Ledger::Handle handle, Patience& patience);

  // Connects and tells the service everything it does not know, what it refused before included.
  void settle(Patience& patience);

  // What the service said of itself and this process; connects when needed.
  Outcome<result::Hello> hello(Patience& patience);

 private:
  class Turn {
   public:
    Turn(DeadlineLock& lock, Deadline deadline)
        : lock_(lock), held_(lock.try_lock_until(deadline)) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (held_) {
        lock_.unlock();
      }
    }
    explicit operator bool() const { return held_; }

    static Failure not_got();

   private:
    DeadlineLock& lock_;
    bool held_;
  };

  // With the turn held:
  std::optional<Failure> connect(Deadline deadline);
  template <typename R>
  Outcome<R> ask_connected(const Call& call, Deadline deadline) {
    auto answer = typed<R>(ask_for_text(call, deadline));
    // Before the turn ends: the service grants a claim again to a new connection, so the next
    // answer may have it, too.
    if constexpr (requires { answer->removals; }) {
      if (answer) {
        std::for_each(answer->removals.begin(), answer->removals.end(),
                      [&](Removal& removal) { take_claim(removal); });
      }
    } else if constexpr (requires { answer->removal; }) {
      if (answer && answer->removal) {
        take_claim(*answer->removal);
      }
    }
    return answer;
  }
  Outcome<ResultText> ask_for_text(const Call& call, Deadline deadline);
  void take_claim(Removal& removal);
  std::optional<Failure> make_good(Deadline deadline);
  std::optional<Failure> register_references(Deadline deadline);
  void registered(const Ledger::Due& due);
  void refused(const Ledger::Due& due);
  std::optional<Failure> run_errands(Deadline deadline);
  bool give_back(const std::vector<Removal>& removals);
  bool waits_for_registration(const Call& errand) const;

  const Endpoint endpoint_;
  Ledger& ledger_;
  const HiveNotices& notices_;
  DeadlineLock turn_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace profile_broker::client
