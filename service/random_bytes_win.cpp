// RtlGenRandom of advapi32.dll behind random_bytes.h.
#include <windows.h>

#include <ntsecapi.h>

#include <stdexcept>

#include "service/random_bytes.h"

namespace profile_broker::service {

void fill_randomly(std::span<std::uint8_t> bytes) {
  if (!RtlGenRandom(bytes.data(), static_cast<ULONG>(bytes.size()))) {
    throw std::runtime_error("the system has no random numbers");
  }
}

}  // namespace profile_broker::service
