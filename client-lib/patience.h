// How long one call of the library may still wait for the service: 1,250 ms in all, however many
// requests it makes; a part of it for connecting. Waiting for another thread's turn counts.
#pragma once

#include <algorithm>
#include <chrono>

#include "proto/limits.h"

namespace profile_broker::client {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

class Patience {
 public:
  explicit Patience(Clock::duration all = kConnectDeadline + kCallDeadline) : left_(all) {}

  // Runs one waiting step, which gets the moment when it must have ended.
  template <typename Step>
  auto spend(Step&& step) {
    const auto begun = Clock::now();
    struct Charge {
      Patience& patience;
      Clock::time_point begun;
      ~Charge() {
        patience.left_ = std::max(patience.left_ - (Clock::now() - begun), Clock::duration::zero());
      }
    } charge{*this, begun};
    return step(begun + left_);
  }

 private:
  Clock::duration left_;
};

// Whole milliseconds until then, rounded up, never negative: what the waiting functions of both
// systems take.
inline int milliseconds_until(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 3'600'000));
}

}  // namespace profile_broker::client
