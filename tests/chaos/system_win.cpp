// WriteFile behind system.h. Under Wine the handle is the Unix file that the conductor opened with
// O_APPEND, and one call is one write.
#include <windows.h>

#include "tests/chaos/system.h"

namespace profile_broker::chaos {

void append_to_log(std::string_view line) {
  DWORD written = 0;
  if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), line.data(), static_cast<DWORD>(line.size()),
                 &written, nullptr) ||
      written != line.size()) {
    ExitProcess(99);
  }
}

std::uint32_t this_process() {
  return GetCurrentProcessId();
}

}  // namespace profile_broker::chaos
