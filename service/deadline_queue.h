// Deadlines of one length in one queue: whoever was armed last expires last, so arming, disarming
// and finding the next one take constant time and no memory. One timer of the server serves them
// all. Reads no clock itself.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace profile_broker::service {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Deadline(std::function<void()> missed) : missed_(std::move(missed)) {}

  bool armed() const { return hook_.is_linked(); }
  void disarm() { hook_.unlink(); }

 private:
  friend class DeadlineQueue;
  using Hook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<
      boost::intrusive::auto_unlink>>;  // a deadline that dies is disarmed

  Hook hook_;
  Clock::time_point at_{};
  std::function<void()> missed_;
};

class DeadlineQueue {
 public:
  explicit DeadlineQueue(std::chrono::milliseconds length) : length_(length) {}

  void arm(Deadline& deadline, Deadline::Clock::time_point now) {
    deadline.disarm();
    deadline.at_ = now + length_;
    queue_.push_back(deadline);
  }

  std::optional<Deadline::Clock::time_point> next() const {
    return queue_.empty() ? std::nullopt : std::optional(queue_.front().at_);
  }

  // Disarms and calls those that are due. missed may arm, disarm and destroy deadlines.
  void expire(Deadline::Clock::time_point now) {
    while (!queue_.empty() && queue_.front().at_ <= now) {
      Deadline& due = queue_.front();
      due.disarm();
      due.missed_();
    }
  }

 private:
  std::chrono::milliseconds length_;
  boost::intrusive::list<Deadline,
                         boost::intrusive::member_hook<Deadline, Deadline::Hook, &Deadline::hook_>,
                         boost::intrusive::constant_time_size<false>>
      queue_;  // borrowed
};

}  // namespace profile_broker::service
