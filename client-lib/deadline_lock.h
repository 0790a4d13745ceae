// A mutual exclusion that can be waited for until a deadline, made of the system's own parts: a
// std::timed_mutex of MinGW would leave an event handle behind when the DLL is unloaded.
#pragma once

#include <memory>

#include "client-lib/patience.h"

namespace profile_broker::client {

class DeadlineLock {
 public:
  DeadlineLock();
  ~DeadlineLock();
  DeadlineLock(const DeadlineLock&) = delete;
  DeadlineLock& operator=(const DeadlineLock&) = delete;

  void lock();
  bool try_lock_until(Deadline deadline);
  void unlock();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace profile_broker::client
