// getrandom(2) behind random_bytes.h.
#include <sys/random.h>

#include <stdexcept>

#include "service/random_bytes.h"

namespace profile_broker::service {

void fill_randomly(std::span<std::uint8_t> bytes) {
  // So few come at once or not at all.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("the system has no random numbers");
  }
}

}  // namespace profile_broker::service
