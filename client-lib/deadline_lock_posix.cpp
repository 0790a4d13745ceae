// std::mutex and std::condition_variable behind deadline_lock.h; std::timed_mutex would do, but
// ThreadSanitizer does not see its timed lock.
#include <condition_variable>
#include <mutex>

#include "client-lib/deadline_lock.h"

namespace profile_broker::client {

struct DeadlineLock::Parts {
  std::mutex guard;
  std::condition_variable freed;
  bool taken = false;
};

DeadlineLock::DeadlineLock() : parts_(std::make_unique<Parts>()) {}
DeadlineLock::~DeadlineLock() = default;

void DeadlineLock::lock() {
  std::unique_lock guard(parts_->guard);
  parts_->freed.wait(guard, [this] { return !parts_->taken; });
  parts_->taken = true;
}

bool DeadlineLock::try_lock_until(Deadline deadline) {
  std::unique_lock guard(parts_->guard);
  if (!parts_->freed.wait_until(guard, deadline, [this] { return !parts_->taken; })) {
    return false;
  }
  parts_->taken = true;
  return true;
}

void DeadlineLock::unlock() {
  {
    const std::lock_guard guard(parts_->guard);
    parts_->taken = false;
  }
  parts_->freed.notify_one();
}

}  // namespace profile_broker::client
