// Memory put by for when there is none. An allocation that would fail uses it up, so that what is
// under way comes to its end in good order; from then on, until it can be put by again, nothing new
// is begun (connection.h, server.h ask). That matters because not everything can be undone: the
// JSON library allocates in its destructors, where an exception ends the process. When the reserve
// is not enough, allocations fail as always: std::bad_alloc ends a connection, in a destructor the
// process, and the journal brings everything back.
#pragma once

namespace profile_broker::service {

// For a main, once, before anything is served. Stays until the process ends.
void install_memory_reserve();

// True while the reserve is used up and cannot be put by again. Costs nothing while it is whole.
bool memory_is_short() noexcept;

}  // namespace profile_broker::service
