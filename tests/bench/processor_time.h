// How much processor time a process has used, to the nanosecond: /proc/PID/task/*/schedstat, whose
// first number is the time that a thread has run (Documentation/scheduler/sched-stats.rst). Threads
// that have ended meanwhile are not counted. Under Wine too, which shows /proc to Windows programs:
// there, process ids are Linux's all the same.
#pragma once

#include <cstdint>

namespace profile_broker::bench {

// 0 when there is no such process.
std::uint64_t processor_nanoseconds(std::int64_t process);

}  // namespace profile_broker::bench
