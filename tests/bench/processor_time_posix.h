// How much processor time a process has used, to the nanosecond: /proc/PID/task/*/schedstat, whose
// first number is the time that a thread has run (Documentation/scheduler/sched-stats.rst). Threads
// that have ended meanwhile are not counted.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace profile_broker::bench {

// 0 when there is no such process.
std::uint64_t processor_nanoseconds(pid_t process);

}  // namespace profile_broker::bench
