// Ends a service that does not end: started when a stop begins, it writes to the log and terminates
// the process when the process is still there after its time.
#pragma once

#include <windows.h>

#include <chrono>
#include <functional>

namespace profile_broker::service {

// SCM and other programs wait this long before they lose patience, so it is also the preshutdown
// time that the service asks for.
inline constexpr std::chrono::seconds kStopDeadline{30};

class ShutdownWatchdog {
 public:
  // expired is called on a thread of Windows' pool, at most once.
  explicit ShutdownWatchdog(std::function<void()> expired,
                            std::chrono::milliseconds deadline = kStopDeadline);
  // Waits for expired when it is being called.
  ~ShutdownWatchdog();
  ShutdownWatchdog(const ShutdownWatchdog&) = delete;
  ShutdownWatchdog& operator=(const ShutdownWatchdog&) = delete;

  // The stop has begun. Any thread, any number of times: the first counts.
  void begin();

 private:
  static void CALLBACK on_timer(PTP_CALLBACK_INSTANCE instance, void* context, PTP_TIMER timer);

  const std::function<void()> expired_;
  const std::chrono::milliseconds deadline_;
  PTP_TIMER timer_;
};

}  // namespace profile_broker::service
