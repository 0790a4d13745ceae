// One measurement: a number of connections to one server, each with so many requests in flight, for
// so many seconds. Counts operations and their latencies, and the processor time of both sides.
// Every answer is checked; one that is not a success ends the measurement with an error.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tests/bench/wire.h"

namespace profile_broker::bench {

// pair: acquire and release, two round trips. query: one.
enum class Workload { pair, query };

struct Measurement {
  std::string endpoint;  // path of a socket, or a TCP port of 127.0.0.1
  Workload workload = Workload::pair;
  std::size_t connections = 1;
  std::size_t in_flight = 1;  // requests that a connection sends in one write before it reads
  double seconds = 0.7;
  pid_t server = 0;
  std::uint64_t first_entry =
      900'000'000;          // pairs: entries of their own from here on; queries: the entries below
  std::uint64_t live = 10;  // the entries 0 to live - 1 are held: queries ask for them
};

struct Figures {
  std::uint64_t operations = 0;
  double seconds = 0;
  std::vector<std::uint32_t> latencies_ns;  // of every batch of operations, in no order
  double server_ns = 0;                     // processor time an operation
  double client_ns = 0;
};

std::variant<Figures, std::string> measure(const Wire& wire, const Measurement& what);

}  // namespace profile_broker::bench
