// The round of accounts (turns.h).
#include "service/turns.h"

#include <boost/asio/post.hpp>

namespace profile_broker::service {

bool Turns::begin(Turn& turn, const std::string& account, Clock::time_point now) {
  if (now < turn.until_ || (ring_.empty() && worked_ < kSlice)) {
    return true;
  }
  Account& its = accounts_[account];
  post_next();  // before anything waits for it: here memory may run out
  if (!its.hook.is_linked()) {
    ring_.push_back(its);
  }
  its.waiting.push_back(turn);
  return false;
}

void Turns::resume() {
  if (!ring_.empty()) {
    post_next();
  }
}

// Through the executor's queue, so that whatever else is ready comes before: a connection of
// another account that has been sent a request gets to wait in time.
void Turns::post_next() {
  if (!next_posted_) {
    boost::asio::post(executor_, [this] {
      next_posted_ = false;
      next();
    });
    next_posted_ = true;
  }
}

void Turns::next() {
  worked_ = Clock::duration::zero();
  Turn* come = nullptr;
  while (!ring_.empty() && !come) {
    Account& account = ring_.front();
    ring_.pop_front();
    if (account.waiting.empty()) {
      continue;  // its connections have ended
    }
    come = &account.waiting.front();
    account.waiting.pop_front();
    if (!account.waiting.empty()) {
      ring_.push_back(account);
    }
  }
  if (come) {
    come->until_ = Clock::now() + kSlice;
    come->come_();
  }
  if (ring_.empty()) {
    accounts_.clear();
  } else {
    post_next();
  }
}

}  // namespace profile_broker::service
