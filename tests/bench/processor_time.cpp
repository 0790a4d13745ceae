// Reading of /proc (processor_time.h).
#include "tests/bench/processor_time.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace profile_broker::bench {

std::uint64_t processor_nanoseconds(std::int64_t process) {
  std::uint64_t sum = 0;
  std::error_code gone;
  const auto tasks = PROFILE_BROKER_PROC + std::to_string(process) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
    std::uint64_t ran = 0;
    std::ifstream(task.path() / "schedstat") >> ran;
    sum += ran;
  }
  return sum;
}

}  // namespace profile_broker::bench
