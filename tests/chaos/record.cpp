// Time and line feed around a line of record.h.
#include "tests/chaos/record.h"

#include <chrono>
#include <cstdio>

#include "tests/chaos/system.h"

namespace profile_broker::chaos {

void Record::write(const std::string& text) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  char time[32];
  std::snprintf(time, sizeof time, "%.3f", std::chrono::duration<double, std::milli>(now).count());
  append_to_log(time + text + "\n");
}

}  // namespace profile_broker::chaos
