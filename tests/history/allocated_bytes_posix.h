// How much memory this program has asked for and not given back, to the byte: what a leak is
// measured by; and how often it has asked. Whoever links allocated_bytes_posix.cpp has operator new
// count.
#pragma once

#include <cstddef>

namespace profile_broker::history {

std::size_t allocated_bytes();
std::size_t allocations();

}  // namespace profile_broker::history
