// /proc behind process_stamp.h; proc(5).
#include "client-lib/process_stamp.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

namespace profile_broker::client {
namespace {

std::string boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

// Fields 3 (state), 20 (threads) and 22 (start time) of /proc/PID/stat. The program's name in field
// 2 may hold anything, so counting starts behind its last parenthesis. The file of a process that
// ends in this moment fails while it is read.
struct Seen {
  char state = 0;
  int threads = 0;
  std::string created;
};
std::optional<Seen> look_at(std::uint32_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string content;
  std::getline(file, content, '\0');
  const auto name_end = content.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(content.substr(name_end + 1));
  Seen seen;
  fields >> seen.state;
  std::string start_time;
  for (int field = 4; field <= 22; ++field) {
    fields >> start_time;
    if (field == 20) {
      seen.threads = std::atoi(start_time.c_str());
    }
  }
  seen.created = start_time + "@" + boot_id();
  return fields ? std::optional(std::move(seen)) : std::nullopt;
}

}  // namespace

ProcessStamp stamp_of_this_process() {
  const auto pid = static_cast<std::uint32_t>(::getpid());
  const auto seen = look_at(pid);
  return {pid, seen ? seen->created : "unknown"};
}

bool may_be_alive(const ProcessStamp& process) {
  const auto seen = look_at(process.pid);
  if (!seen) {
    // Hidden from us, or there is no /proc.
    return ::kill(static_cast<pid_t>(process.pid), 0) == 0 || errno != ESRCH;
  }
  // Of a killed program the first thread may have ended while another one is still in the system
  // call that deletes a profile.
  const bool has_ended = (seen->state == 'Z' || seen->state == 'X') && seen->threads <= 1;
  return seen->created == process.created && !has_ended;
}

}  // namespace profile_broker::client
