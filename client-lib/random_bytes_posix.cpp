// getrandom(2) behind random_bytes.h. Nothing is kept for the next call: a child after fork(2)
// would use the same.
#include "client-lib/random_bytes.h"

#include <sys/random.h>

#include <stdexcept>

namespace profile_broker::client {

std::array<std::uint8_t, 16> random_bytes() {
  std::array<std::uint8_t, 16> bytes;
  // So few bytes come at once or not at all.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("the system has no random numbers");
  }
  return bytes;
}

}  // namespace profile_broker::client
