// Memory put by for when there is none. An allocation that would fail uses it up, so that what is
// under way comes to its end in good order; from then on, until it can be put by again, nothing new
// is begun (connection.h, server.h ask). That matters because not everything can be undone: the
// JSON library allocates in its destructors, where an exception ends the process. When the reserve
// is not enough, allocations fail as always: std::bad_alloc ends a connection, in a destructor the
// process, and the journal brings everything back.
#pragma once

#include <atomic>

namespace profile_broker::service {

// For a main, once, before anything is served. Stays until the process ends.
void install_memory_reserve();

// The reserve has been used, and perhaps not been put by again: memory_reserve.cpp's.
inline std::atomic<bool> reserve_is_used = false;
// False: it cannot be had again yet.
bool put_reserve_by() noexcept;

// True while the reserve is used up and cannot be put by again. Costs nothing while it is whole.
inline bool memory_is_short() noexcept {
  return reserve_is_used.load(std::memory_order_relaxed) && !put_reserve_by();
}

}  // namespace profile_broker::service
