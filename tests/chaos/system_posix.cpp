// write(2) behind system.h.
#include <unistd.h>

#include "tests/chaos/system.h"

namespace profile_broker::chaos {

void append_to_log(std::string_view line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ::_exit(99);
  }
}

std::uint32_t this_process() {
  return static_cast<std::uint32_t>(::getpid());
}

}  // namespace profile_broker::chaos
