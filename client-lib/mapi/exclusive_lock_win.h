// Holds an SRWLOCK exclusively: a lock that needs neither construction nor destruction, as this DLL
// has none.
#pragma once

#include <windows.h>

namespace profile_broker::client::mapi {

class ExclusiveLock {
 public:
  explicit ExclusiveLock(SRWLOCK& lock) : lock_(lock) { AcquireSRWLockExclusive(&lock_); }
  ExclusiveLock(const ExclusiveLock&) = delete;
  ExclusiveLock& operator=(const ExclusiveLock&) = delete;
  ~ExclusiveLock() { ReleaseSRWLockExclusive(&lock_); }

 private:
  SRWLOCK& lock_;
};

}  // namespace profile_broker::client::mapi
