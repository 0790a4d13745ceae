// RtlGenRandom of advapi32.dll behind random_bytes.h.
#include "client-lib/random_bytes.h"

#include <windows.h>

#include <ntsecapi.h>

#include <stdexcept>

namespace profile_broker::client {

std::array<std::uint8_t, 16> random_bytes() {
  std::array<std::uint8_t, 16> bytes;
  if (!RtlGenRandom(bytes.data(), static_cast<ULONG>(bytes.size()))) {
    throw std::runtime_error("the system has no random numbers");
  }
  return bytes;
}

}  // namespace profile_broker::client
