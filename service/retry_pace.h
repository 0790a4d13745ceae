// How often something is tried again that nobody is served during: the longer it took, the less
// often, so that it never takes more than a tenth of the time. Reads no clock.
#pragma once

#include <chrono>

namespace profile_broker::service {

class RetryPace {
 public:
  using Clock = std::chrono::steady_clock;

  bool is_due(Clock::time_point now) const { return now >= next_; }
  void tried(Clock::time_point began, Clock::time_point ended) {
    next_ = ended + kPauses * (ended - began);
  }

 private:
  static constexpr int kPauses = 10;
  Clock::time_point next_{};
};

}  // namespace profile_broker::service
