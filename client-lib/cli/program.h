// The tool as a function: arguments in, text and an exit code out. Parses the command line; what
// the commands do is in commands.h.
#pragma once

#include <string>
#include <vector>

#include "client-lib/cli/console.h"

namespace profile_broker::client::cli {

// docs/cli.md and --help say the same.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,     // the service refused, or a deletion failed
  kUsage = 2,      // the command line is wrong
  kNoService = 3,  // no service answered
  kInUse = 4,      // query: the profile is in use or being deleted; delete: the deletion waits
};

// arguments: UTF-8, without the program's name.
int run(std::vector<std::string> arguments, const Console& console);

}  // namespace profile_broker::client::cli
