// The installed broker service, through the real service control manager: what an administrator, or
// a crash, does to it. Every call returns when the state is reached, and throws std::runtime_error
// when it is not within 20 s.
#pragma once

namespace scene {

// Starts it unless it runs and answers; returns when it answers and has ended its recovery.
void start_service();

void stop_service();

// Ends the service's process as a crash does; the service control manager is not told.
void kill_service();

}  // namespace scene
