// Where the journal lies on Linux when nobody says otherwise (options.h).
#include <cstdlib>
#include <string>

#include "service/options.h"

namespace profile_broker::service {

std::string default_state_folder() {
  const char* state_home = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  const std::string base = state_home && *state_home ? state_home
                           : home && *home           ? std::string(home) + "/.local/state"
                                                     : "/tmp";
  return base + "/mapi-profile-broker/service";
}

}  // namespace profile_broker::service
