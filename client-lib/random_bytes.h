// Random numbers of the operating system, good enough for identifiers that no other process may
// meet by chance. Without std::random_device: it asks the processor for four bytes at a time, which
// takes microseconds in a virtual machine.
#pragma once

#include <array>
#include <cstdint>

namespace profile_broker::client {

// Throws std::runtime_error where the system has none; both systems promise to have some.
std::array<std::uint8_t, 16> random_bytes();

}  // namespace profile_broker::client
