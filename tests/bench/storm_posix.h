// A logon storm: so many programs come at once, each connects, says hello, sweeps and acquires a
// profile of its own (Wire::arrival) and stays. Each is a connection here, driven by one epoll loop
// that connects as fast as the server takes them. Nobody may be refused: one that is counts, and
// its time does not.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/wire.h"

namespace profile_broker::bench {

struct StormFigures {
  double seconds = 0;                       // from the first connect to the last answer
  std::vector<std::uint32_t> latencies_ns;  // from a program's first connect to its last answer
  std::uint64_t refused = 0;
  std::string first_refusal;  // what it heard
  double server_ns = 0;       // processor time a program
};

StormFigures storm(const Wire& wire, const std::string& endpoint, std::size_t programs,
                   std::uint64_t first_entry, pid_t server);

}  // namespace profile_broker::bench
