// The grammar of the scripts that service_fuzz.cpp plays and service_mutator.cpp varies. A line is
// one of
//   0a{...}     process 0 (of 0 to 5) sends a frame over its connection a (or b); $7 is the UUID
//   numbered 7 0a<text     it sends these bytes and CR LF          0a|text   it sends these bytes
//   alone 0a.         it closes the connection                0a-  0a+  it stops reading, reads
//   again 0!          the process ends; another one begins %crash %stop   the service is killed, or
//   stopped in order, and starts again %full          the disk is full, or no longer       %time
//   every deadline passes %recovered     the time of recovery is over
// Anything else is nothing.
#pragma once

#include <cstddef>
#include <string_view>

namespace profile_broker::fuzz {

struct Step {
  enum class Kind {
    nothing,
    frame,
    raw_line,
    raw,
    hang_up,
    stop_reading,
    read_again,
    process_ends,
    crash,
    stop_in_order,
    disk_full,
    time_passes,
    recovery_ends,
  };
  Kind kind = Kind::nothing;
  std::size_t actor = 0;
  char connection = 'a';
  std::string_view text;
};

inline Step step_of(std::string_view line) {
  using Kind = Step::Kind;
  static constexpr struct {
    std::string_view word;
    Kind kind;
  } kWords[] = {{"%crash", Kind::crash},
                {"%stop", Kind::stop_in_order},
                {"%full", Kind::disk_full},
                {"%time", Kind::time_passes},
                {"%recovered", Kind::recovery_ends}};
  for (const auto& [word, kind] : kWords) {
    if (line == word) {
      return {kind, 0, 'a', {}};
    }
  }
  if (line.size() < 2 || line[0] < '0' || line[0] > '5') {
    return {};
  }
  Step step{Kind::nothing, static_cast<std::size_t>(line[0] - '0'), line[1] == 'b' ? 'b' : 'a', {}};
  if (line[1] == '!') {
    step.kind = Kind::process_ends;
    return step;
  }
  if (line.size() < 3 || (line[1] != 'a' && line[1] != 'b')) {
    return {};
  }
  step.text = line.substr(3);
  switch (line[2]) {
    case '{':
      step.kind = Kind::frame;
      step.text = line.substr(2);
      break;
    case '<':
      step.kind = Kind::raw_line;
      break;
    case '|':
      step.kind = Kind::raw;
      break;
    case '.':
      step.kind = Kind::hang_up;
      break;
    case '-':
      step.kind = Kind::stop_reading;
      break;
    case '+':
      step.kind = Kind::read_again;
      break;
    default:
      break;
  }
  return step;
}

}  // namespace profile_broker::fuzz
