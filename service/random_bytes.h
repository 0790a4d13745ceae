// Random numbers of the operating system: names of claims and references must not be guessed. Not
// std::random_device, which on many machines asks the processor for four bytes at a time: 160 us a
// UUID in a virtual machine, 40 ms for the claims of one sweep.
#pragma once

#include <cstdint>
#include <span>

namespace profile_broker::service {

// Fills at most 256 bytes. Throws std::runtime_error where the system has none; both systems
// promise to have some.
void fill_randomly(std::span<std::uint8_t> bytes);

}  // namespace profile_broker::service
