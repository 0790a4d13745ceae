// The round of accounts (turns.h).
#include "service/turns.h"

#include <algorithm>

namespace profile_broker::service {

// True, or it throws.
bool Turns::waits(Turn& turn, const std::string& account) {
  Account& its = accounts_[account];
  ask_for_next();  // before anything waits for it: here memory may run out
  if (!its.hook.is_linked()) {
    ring_.push_back(its);
  }
  its.waiting.push_back(turn);
  return true;
}

void Turns::resume() {
  if (!ring_.empty()) {
    ask_for_next();
  }
}

// Behind all that is ready now: a connection of another account that has been sent a request gets
// to wait in time.
void Turns::ask_for_next() {
  if (!next_asked_for_) {
    next_.ask();
    next_asked_for_ = true;
  }
}

void Turns::next() {
  next_asked_for_ = false;
  if (!std::exchange(slice_goes_on_, false)) {
    worked_ = Clock::duration::zero();
  }
  bool served = false;
  while (!ring_.empty() && !served) {
    Account& account = ring_.front();
    ring_.pop_front();
    served = !account.waiting.empty();  // else its connections have ended
    serve(account);
  }
  if (ring_.empty()) {
    accounts_.clear();
  } else {
    ask_for_next();
  }
}

void Turns::serve(Account& account) {
  const auto end_of_pass = std::min<Clock::duration>(kSlice, worked_ + kPass);
  serving_ = true;
  while (!account.waiting.empty() && worked_ < end_of_pass) {
    Turn& come = account.waiting.front();
    account.waiting.pop_front();
    come.come_();
  }
  serving_ = false;
  if (account.waiting.empty() || account.hook.is_linked()) {
    return;
  }
  slice_goes_on_ = worked_ < kSlice;
  if (slice_goes_on_) {
    ring_.push_front(account);
  } else {
    ring_.push_back(account);
  }
}

}  // namespace profile_broker::service
