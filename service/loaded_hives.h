// Which accounts' registry hives are loaded now. Reads the list of their names and opens none of
// them. Nothing on systems without such hives, or when the list cannot be read.
#pragma once

#include <optional>
#include <set>
#include <string>

namespace profile_broker::service {

std::optional<std::set<std::string>> loaded_hives();

}  // namespace profile_broker::service
