// A thread-pool timer behind retry_timer.h. While it exists it holds a reference to this module,
// given back by FreeLibraryWhenCallbackReturns: the module is unloaded only after the last
// callback's last instruction. A module that somebody freed meanwhile stays until everything is
// told or the process ends, which is what its references do, too.
#include <windows.h>

#include <mutex>

#include "client-lib/deadline_lock.h"
#include "client-lib/retry_timer.h"

namespace profile_broker::client {
namespace {

// Any address in this module.
constexpr DWORD kByAddress = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;

void set_after(PTP_TIMER timer, std::chrono::milliseconds pause) {
  ULARGE_INTEGER due;
  due.QuadPart = static_cast<ULONGLONG>(-pause.count() * 10'000);  // relative, in 100 ns
  FILETIME time{due.LowPart, due.HighPart};
  SetThreadpoolTimer(timer, &time, 0, 0);
}

}  // namespace

struct RetryTimer::Parts {
  std::function<bool()> work;
  DeadlineLock guard;
  PTP_TIMER timer = nullptr;
  HMODULE module = nullptr;
  RetryPauses pauses;
  bool again = false;
  bool ending = false;

  static void CALLBACK fire(PTP_CALLBACK_INSTANCE instance, void* context, PTP_TIMER timer) {
    auto& parts = *static_cast<Parts*>(context);
    {
      const std::lock_guard lock(parts.guard);
      parts.again = false;
    }
    const bool left = parts.work();
    const std::lock_guard lock(parts.guard);
    if (parts.ending) {
      return;  // the destructor waits for this callback and closes the timer
    }
    if (left || parts.again) {
      set_after(timer, parts.pauses.next());
      return;
    }
    FreeLibraryWhenCallbackReturns(instance, parts.module);
    parts.timer = nullptr;
    CloseThreadpoolTimer(timer);
  }
};

RetryTimer::RetryTimer(std::function<bool()> work) : parts_(std::make_unique<Parts>()) {
  parts_->work = std::move(work);
}

// In the DLL this runs when the module goes, hence with no timer; in a program that links the
// library statically there may be one.
RetryTimer::~RetryTimer() {
  {
    const std::lock_guard lock(parts_->guard);
    parts_->ending = true;
  }
  if (parts_->timer) {
    SetThreadpoolTimer(parts_->timer, nullptr, 0, 0);
    WaitForThreadpoolTimerCallbacks(parts_->timer, TRUE);
    CloseThreadpoolTimer(parts_->timer);
    FreeLibrary(parts_->module);
  }
}

void RetryTimer::arm() {
  const std::lock_guard lock(parts_->guard);
  parts_->again = true;
  if (parts_->timer || parts_->ending) {
    return;
  }
  if (!GetModuleHandleExW(kByAddress, reinterpret_cast<const wchar_t*>(&Parts::fire),
                          &parts_->module)) {
    return;  // the next call of the library makes it good
  }
  parts_->timer = CreateThreadpoolTimer(&Parts::fire, parts_.get(), nullptr);
  if (!parts_->timer) {
    FreeLibrary(parts_->module);
    return;
  }
  parts_->pauses.reset();
  set_after(parts_->timer, parts_->pauses.next());
}

}  // namespace profile_broker::client
