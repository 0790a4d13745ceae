// One sentence in UTF-8 for each result that the library returns, with what to do.
#pragma once

#include <cstdint>
#include <string>

namespace profile_broker::client {

std::string error_text(std::uint32_t result);

}  // namespace profile_broker::client
