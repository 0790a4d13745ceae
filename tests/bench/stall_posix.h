// How long nobody else is served while the service does something large. One connection asks for a
// profile over and over; the longest that it waits for an answer while the large thing is done, as
// a median over several times, is the figure. Beside it, how long it waits at most in as long a
// time in which nothing else is done: what the machine itself brings in.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace profile_broker::bench {

enum class Disturbance {
  status,         // broker/status of the whole machine
  list,           // profile/list of everything
  end_of_holder,  // a process with so many references is killed
  churn,          // pairs until the journal has been compacted
};

struct StallFigures {
  std::vector<double> longest_ms;  // one for each time
  std::vector<double> quiet_ms;
  double typical_us = 0;  // of one question, with nothing else going on
  std::string heard;      // the first characters of the last answer
  bool happened = true;   // false: the journal was not compacted in the time given
};

struct Stall {
  std::string endpoint;
  Disturbance disturbance = Disturbance::status;
  std::size_t times = 9;
  std::uint64_t references = 4'096;  // of the process that is killed
  double seconds = 30;               // how long pairs are made at most
};

std::variant<StallFigures, std::string> stall(const Stall& what);

}  // namespace profile_broker::bench
