// Who is served next when there is more to do than time: accounts take turns, not connections, so
// that a flood over hundreds of connections makes another account wait for a millisecond of it or
// one long request, and not for all. An account's connections are served in the order in which they
// came to wait. While there is little to do nobody waits and nothing is queued. Does not know what
// a turn is used for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include "service/event_loop.h"

namespace profile_broker::service {

// One connection's place in the queue. When it dies it leaves the queue.
class Turn {
 public:
  // come is called when its turn has come, after a wait; it must not throw.
  explicit Turn(std::function<void()> come) : come_(std::move(come)) {}

  bool waits() const { return hook_.is_linked(); }
  void leave() { hook_.unlink(); }

 private:
  friend class Turns;
  using Hook = boost::intrusive::list_member_hook<
      boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  Hook hook_;
  std::function<void()> come_;
};

class Turns {
 public:
  using Clock = std::chrono::steady_clock;
  // How long one account may be served before another one that waits is.
  static constexpr std::chrono::milliseconds kSlice{1};
  // How long connections that waited are served in a row, before whatever else is ready gets its
  // turn of the event loop: new connections and their first frames, answers that leave.
  static constexpr std::chrono::microseconds kPass{100};

  explicit Turns(const boost::asio::any_io_executor& executor)
      : next_(executor, [this] { next(); }) {}

  // True: go on now. False: turn waits until it is called.
  bool begin(Turn& turn, const std::string& account) {
    return (worked_ < kSlice && (serving_ || ring_.empty())) || !waits(turn, account);
  }
  // What was done with it took so long.
  void worked(Clock::duration time) { worked_ += time; }
  // Goes on with the queue when memory ran out in between. Harmless otherwise.
  void resume();

 private:
  using Queue =
      boost::intrusive::list<Turn, boost::intrusive::member_hook<Turn, Turn::Hook, &Turn::hook_>,
                             boost::intrusive::constant_time_size<false>>;
  struct Account {
    boost::intrusive::list_member_hook<> hook;
    Queue waiting;
  };
  using Ring = boost::intrusive::list<
      Account,
      boost::intrusive::member_hook<Account, boost::intrusive::list_member_hook<>, &Account::hook>>;

  bool waits(Turn& turn, const std::string& account);
  void ask_for_next();
  void next();
  void serve(Account& account);

  Soon next_;
  std::unordered_map<std::string, Account> accounts_;
  Ring ring_;  // accounts with somebody waiting, in the order of their turns; borrowed
  Clock::duration worked_{0};   // since an account's turn began, or there was nobody to wait for
  bool serving_ = false;        // somebody's turn is under way
  bool slice_goes_on_ = false;  // of the account at the ring's front
  bool next_asked_for_ = false;
};

}  // namespace profile_broker::service
