// References that threads have given up in the middle of real MAPI, each thread's until it is out
// of there. Any thread.
#pragma once

#include <windows.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "client-lib/ledger.h"
#include "client-lib/mapi/exclusive_lock_win.h"

namespace profile_broker::client::mapi {

class PutAside {
 public:
  void add(Ledger::Handle reference) {
    const ExclusiveLock lock(lock_);
    if (!entries_) {
      entries_ = new std::vector<Entry>();
    }
    entries_->push_back({GetCurrentThreadId(), reference});
    count_ = entries_->size();
  }

  bool has_some() const { return count_.load() > 0; }

  // One of this thread's.
  bool take(Ledger::Handle& reference) {
    const ExclusiveLock lock(lock_);
    const auto found = std::find_if(entries_->begin(), entries_->end(), [](const Entry& entry) {
      return entry.thread == GetCurrentThreadId();
    });
    if (found == entries_->end()) {
      return false;
    }
    reference = found->reference;
    entries_->erase(found);
    count_ = entries_->size();
    return true;
  }

 private:
  struct Entry {
    DWORD thread;
    Ledger::Handle reference;
  };
  SRWLOCK lock_ = SRWLOCK_INIT;
  std::vector<Entry>* entries_ = nullptr;  // likewise
  std::atomic<std::size_t> count_{0};
};

}  // namespace profile_broker::client::mapi
