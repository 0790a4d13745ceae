// Which process wrote something that outlives it: a pid alone comes back, together with the
// creation time it does not. For looking at other processes of the same machine, never for holding
// one.
#pragma once

#include <cstdint>
#include <string>

namespace profile_broker::client {

struct ProcessStamp {
  std::uint32_t pid = 0;
  // One word. Windows: 100 ns units since 1601; Linux: clock ticks since the boot, and which boot.
  std::string created;
};

ProcessStamp stamp_of_this_process();

// False only when that process has certainly ended. One that may not be looked at counts as alive.
bool may_be_alive(const ProcessStamp& process);

}  // namespace profile_broker::client
