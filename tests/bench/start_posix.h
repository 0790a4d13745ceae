// Starts a server and takes the time until it answers its first question.
#pragma once

#include <sys/types.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/bench/wire.h"

namespace profile_broker::bench {

struct StartFigures {
  double milliseconds = 0;  // from fork to the first answer
  pid_t process = 0;        // it goes on; ends with this process
};

std::variant<StartFigures, std::string> start_and_ask(const Wire& wire, const std::string& endpoint,
                                                      std::vector<std::string> command);

}  // namespace profile_broker::bench
