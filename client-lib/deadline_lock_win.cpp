// SRWLOCK and CONDITION_VARIABLE behind deadline_lock.h: neither owns a handle.
#include <windows.h>

#include "client-lib/deadline_lock.h"

namespace profile_broker::client {

struct DeadlineLock::Parts {
  SRWLOCK guard = SRWLOCK_INIT;
  CONDITION_VARIABLE freed = CONDITION_VARIABLE_INIT;
  bool taken = false;
};

DeadlineLock::DeadlineLock() : parts_(std::make_unique<Parts>()) {}
DeadlineLock::~DeadlineLock() = default;

void DeadlineLock::lock() {
  AcquireSRWLockExclusive(&parts_->guard);
  while (parts_->taken) {
    SleepConditionVariableSRW(&parts_->freed, &parts_->guard, INFINITE, 0);
  }
  parts_->taken = true;
  ReleaseSRWLockExclusive(&parts_->guard);
}

bool DeadlineLock::try_lock_until(Deadline deadline) {
  AcquireSRWLockExclusive(&parts_->guard);
  while (parts_->taken) {
    const auto left = static_cast<DWORD>(milliseconds_until(deadline));
    if (left == 0) {
      break;
    }
    SleepConditionVariableSRW(&parts_->freed, &parts_->guard, left, 0);
  }
  const bool got_it = !parts_->taken;
  parts_->taken = true;
  ReleaseSRWLockExclusive(&parts_->guard);
  return got_it;
}

void DeadlineLock::unlock() {
  AcquireSRWLockExclusive(&parts_->guard);
  parts_->taken = false;
  ReleaseSRWLockExclusive(&parts_->guard);
  WakeConditionVariable(&parts_->freed);
}

}  // namespace profile_broker::client
