// The commands below `profile-broker mapi`: which programs the MAPI client DLL protects without a
// change to them (docs/unchanged-programs.md). They change the machine's registry, never the
// broker.
#pragma once

#include <string>
#include <vector>

#include "client-lib/cli/console.h"

namespace profile_broker::client::cli {

// What a command is about: programs by file name, the default client, or everything.
struct MapiTarget {
  std::vector<std::string> programs;
  bool is_default = false;
  bool all = false;
};

// Exit codes as program.h has them. provider: the real MAPI's path, or empty.
int mapi_enable(const MapiTarget& target, const std::string& provider, bool json,
                const Console& console);
int mapi_disable(const MapiTarget& target, bool json, const Console& console);
int mapi_list(bool json, const Console& console);

}  // namespace profile_broker::client::cli
