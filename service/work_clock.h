// When requests begin and how long they take, told to the turns of accounts. A look at the clock
// costs some 30 ns in a virtual machine, so that short requests share looks: those that come
// together have one for eight of them, and one that comes alone has one instead of two.
// Nobody else's business than the server's one thread.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>

#include "service/event_loop.h"
#include "service/turns.h"

namespace profile_broker::service {

template <typename ItsClock>
class WorkClockOf {
 public:
  using Clock = ItsClock;
  // What a request can have cost.
  enum class Weight { light, unknown };

  // turns is borrowed.
  WorkClockOf(const boost::asio::any_io_executor& executor, Turns& turns)
      : looks_(executor), turns_(turns) {}

  // The time for what begins now; a few light requests old at most.
  typename Clock::time_point begin() {
    if (looks_.was_another()) {
      // Perhaps nobody asked for anything for a while, which is no work: what has not been seen of
      // short requests is taken for no more than they take.
      look(unseen_ * kMostOfLight);
    } else {
      look_after(kMostUnseen);
    }
    return last_look_;
  }
  // One more request has been served. The time then, or before a few light ones.
  typename Clock::time_point served(Weight weight) {
    ++unseen_;
    look_after(weight == Weight::light ? kMostUnseen : 1);
    return last_look_;
  }

 private:
  static constexpr unsigned kMostUnseen = 8;
  static constexpr std::chrono::microseconds kMostOfLight{10};

  void look_after(unsigned requests) {
    if (unseen_ >= requests) {
      look(Clock::duration::max());
    }
  }
  void look(typename Clock::duration most) {
    const auto now = Clock::now();
    turns_.worked(std::min(now - last_look_, most));
    last_look_ = now;
    unseen_ = 0;
  }

  LooksAtSockets looks_;
  Turns& turns_;
  typename Clock::time_point last_look_ = Clock::now();
  unsigned unseen_ = 0;  // requests since then
};

using WorkClock = WorkClockOf<Turns::Clock>;

}  // namespace profile_broker::service
