// The pauses of retry_timer.h.
#include "client-lib/retry_timer.h"

#include <algorithm>

#include "client-lib/random_bytes.h"

namespace profile_broker::client {

std::chrono::milliseconds RetryPauses::next() {
  const auto quarter = next_.count() / 4;
  const auto spread = static_cast<unsigned>(2 * quarter + 1);
  const auto random = random_bytes();
  const auto varied = next_.count() - quarter + (random[0] << 8 | random[1]) % spread;
  next_ = std::min(next_ * 2, kLastRetryPause);
  return std::chrono::milliseconds(varied);
}

}  // namespace profile_broker::client
