// The service's command line.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "service/exit_codes.h"
#include "service/service_limits.h"

namespace profile_broker::service {

// The second and third are for an installer: they do their work and end.
enum class Task { serve, configure, forget_settings };

struct Options {
  Task task = Task::serve;
  std::string endpoint;      // empty: default_endpoint()
  std::string state_folder;  // empty: default_state_folder()
  bool console = false;      // run in this terminal (always so on Linux)
  bool verbose = false;      // debug lines in the console
  ServiceLimits limits;
};

// Said on stdout, then exit with success: --help and --version.
struct SayAndExit {
  std::string text;
};

// arguments without the program's name, UTF-8. defaults: the limits where the command line says
// nothing.
std::variant<Options, SayAndExit, StartFailure> read_options(std::vector<std::string> arguments,
                                                             const ServiceLimits& defaults = {});

// State beside the program on Windows; $XDG_STATE_HOME/mapi-profile-broker/service on Linux.
std::string default_state_folder();

}  // namespace profile_broker::service
