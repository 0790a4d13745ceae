// What a process has in use, as the kernel counts it, for tests that see to it that nothing is left
// behind.
#pragma once

#include <malloc.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

// There with AddressSanitizer, whose allocator mallinfo2 knows nothing of.
extern "C" __attribute__((weak)) std::size_t __sanitizer_get_current_allocated_bytes();

namespace profile_broker {

inline std::size_t open_descriptors(pid_t process) {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(process) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// Of any process: what it has in physical memory. Never falls, and rises with the allocator's
// habits.
inline std::size_t resident_bytes(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Of this process: what it has allocated and not freed, to the byte.
inline std::size_t allocated_bytes() {
  return __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes()
                                                 : ::mallinfo2().uordblks;
}

}  // namespace profile_broker
