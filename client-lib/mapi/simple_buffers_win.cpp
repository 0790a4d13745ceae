// The book behind simple_buffers_win.h. Almost always it is empty, and MAPIFreeBuffer, which all of
// MAPI's results pass through, looks at one number.
#include "client-lib/mapi/simple_buffers_win.h"

#include <windows.h>

#include <atomic>
#include <set>

#include "client-lib/mapi/exclusive_lock_win.h"
#include "client-lib/mapi/real_mapi_win.h"

namespace profile_broker::client::mapi {
namespace {

class Book {
 public:
  void add(void* block) {
    const ExclusiveLock lock(lock_);
    if (!blocks_) {
      blocks_ = new std::set<void*>();
    }
    blocks_->insert(block);
    count_ = blocks_->size();
  }

  bool take(void* block) {
    if (count_.load() == 0) {
      return false;
    }
    const ExclusiveLock lock(lock_);
    const bool found = blocks_->erase(block) > 0;
    count_ = blocks_->size();
    return found;
  }

 private:
  SRWLOCK lock_ = SRWLOCK_INIT;
  // Made when first needed, and never destroyed: the DLL stays until the process ends.
  std::set<void*>* blocks_ = nullptr;
  std::atomic<std::size_t> count_{0};
};
constinit Book book;

}  // namespace

void note_simple_buffer(void* block) noexcept {
  if (!block || !are_two_providers() || !simple_free_buffer()) {
    return;
  }
  try {
    book.add(block);
  } catch (...) {
    // As said in the header.
  }
}

bool take_simple_buffer(void* block) noexcept {
  return block && book.take(block);
}

}  // namespace profile_broker::client::mapi
