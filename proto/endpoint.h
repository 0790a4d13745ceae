// The one definition of where the service listens. On Windows only administrators may create pipes
// below ProtectedPrefix\Administrators, so that nobody can take the name before the service starts;
// everybody may connect.
#pragma once

#include <string>
#include <string_view>

namespace profile_broker {

inline constexpr std::string_view kPipeName =
    R"(\\.\pipe\ProtectedPrefix\Administrators\MapiProfileBroker)";
inline constexpr std::string_view kSocketFileName = "mapi-profile-broker.sock";

// Linux: the socket in the user's run-time folder; runtime_dir is $XDG_RUNTIME_DIR, empty when not
// set.
inline std::string default_socket_path(std::string_view runtime_dir) {
  return std::string(runtime_dir.empty() ? "/tmp" : runtime_dir) + "/" +
         std::string(kSocketFileName);
}

}  // namespace profile_broker
