#include "service/loaded_hives.h"

namespace profile_broker::service {

std::optional<std::set<std::string>> loaded_hives() {
  return std::nullopt;
}

}  // namespace profile_broker::service
