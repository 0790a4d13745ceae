// Many processes that hold references, as on a terminal server: each is a real one, connects as
// itself, acquires its share, disconnects and waits. Run as root they belong to as many accounts as
// wanted (user ids that nobody has); else to this one. They end with the process that made them.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/wire.h"

namespace profile_broker::bench {

struct Crowd {
  std::string endpoint;        // path of a socket; its folder must let every account through
  std::size_t processes = 1;   // the first ones are of this process's account
  std::size_t references = 1;  // of each
  std::size_t accounts = 1;
};

// Returns when all is held. The reason when something fails.
std::string gather(const Wire& wire, const Crowd& crowd);

// One more process that holds the entries first to first + count - 1, and its process id; -1 when
// it cannot.
pid_t holder_of(const Wire& wire, const std::string& endpoint, std::uint64_t first,
                std::uint64_t count);

}  // namespace profile_broker::bench
