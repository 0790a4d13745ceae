// What a process of a chaos run needs of its system: one write to the standard output, past every
// buffer, so that what was written survives the process; and its own pid.
#pragma once

#include <cstdint>
#include <string_view>

namespace profile_broker::chaos {

// All of it in one piece, or the process ends: a run whose log has holes proves nothing.
void append_to_log(std::string_view line);

std::uint32_t this_process();

}  // namespace profile_broker::chaos
