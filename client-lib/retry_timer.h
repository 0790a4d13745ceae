// Runs a piece of work again and again, less and less often, until it says that nothing is left:
// how a reference that was taken while the service was away gets registered. It exists in the
// system only while it is armed: on Windows one thread-pool timer, which holds the module so that
// FreeLibrary cannot take the code away under it; on Linux one thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace profile_broker::client {

// The pauses between tries: from the first, doubling, to the last. The last is well under the
// service's recovery time, in which every holder is to register. Each is varied by up to a quarter,
// so that a whole machine's processes do not come at once.
inline constexpr std::chrono::milliseconds kFirstRetryPause{100};
inline constexpr std::chrono::milliseconds kLastRetryPause{2'000};

class RetryPauses {
 public:
  std::chrono::milliseconds next();
  void reset() { next_ = kFirstRetryPause; }

 private:
  std::chrono::milliseconds next_ = kFirstRetryPause;
};

class RetryTimer {
 public:
  // work runs on a thread of the system's or the timer's, never twice at once; true: something is
  // left to do. It must not throw.
  explicit RetryTimer(std::function<bool()> work);
  RetryTimer(const RetryTimer&) = delete;
  RetryTimer& operator=(const RetryTimer&) = delete;
  // Waits for work under way; after it, none runs.
  ~RetryTimer();

  // There is something to do. Any thread, any time.
  void arm();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace profile_broker::client
