// A thread that exists only while there is something to do, behind retry_timer.h.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "client-lib/retry_timer.h"

namespace profile_broker::client {

struct RetryTimer::Parts {
  std::function<bool()> work;
  std::mutex guard;
  std::condition_variable changed;
  std::thread thread;
  bool running = false;
  bool again = false;
  bool ending = false;

  void run() {
    RetryPauses pauses;
    std::unique_lock lock(guard);
    do {
      again = false;
      changed.wait_for(lock, pauses.next(), [this] { return ending; });
      if (ending) {
        break;
      }
      lock.unlock();
      const bool left = work();
      lock.lock();
      again |= left;
    } while (again);
    running = false;
  }
};

RetryTimer::RetryTimer(std::function<bool()> work) : parts_(std::make_unique<Parts>()) {
  parts_->work = std::move(work);
}

RetryTimer::~RetryTimer() {
  {
    const std::lock_guard lock(parts_->guard);
    parts_->ending = true;
  }
  parts_->changed.notify_all();
  if (parts_->thread.joinable()) {
    parts_->thread.join();
  }
}

void RetryTimer::arm() {
  const std::lock_guard lock(parts_->guard);
  parts_->again = true;
  if (parts_->running || parts_->ending) {
    return;
  }
  if (parts_->thread.joinable()) {
    parts_->thread.join();  // it has let go of the lock for good
  }
  parts_->running = true;
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
}

}  // namespace profile_broker::client
