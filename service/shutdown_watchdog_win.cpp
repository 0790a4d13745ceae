#include "service/shutdown_watchdog_win.h"

#include <cstdint>
#include <utility>

namespace profile_broker::service {

ShutdownWatchdog::ShutdownWatchdog(std::function<void()> expired,
                                   std::chrono::milliseconds deadline)
    : expired_(std::move(expired)),
      deadline_(deadline),
      timer_(CreateThreadpoolTimer(&ShutdownWatchdog::on_timer, this, nullptr)) {}

ShutdownWatchdog::~ShutdownWatchdog() {
  if (timer_ != nullptr) {
    SetThreadpoolTimer(timer_, nullptr, 0, 0);
    WaitForThreadpoolTimerCallbacks(timer_, TRUE);
    CloseThreadpoolTimer(timer_);
  }
}

void ShutdownWatchdog::begin() {
  if (timer_ == nullptr || IsThreadpoolTimerSet(timer_) != FALSE) {
    return;
  }
  // Negative: from now on, in units of 100 ns.
  const std::int64_t due = -10'000 * deadline_.count();
  FILETIME when{static_cast<DWORD>(due), static_cast<DWORD>(due >> 32)};
  SetThreadpoolTimer(timer_, &when, 0, 0);
}

void CALLBACK ShutdownWatchdog::on_timer(PTP_CALLBACK_INSTANCE, void* context, PTP_TIMER) {
  static_cast<const ShutdownWatchdog*>(context)->expired_();
}

}  // namespace profile_broker::service
