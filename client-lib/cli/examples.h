// The examples and exit codes at the end of every --help. A command is named as it is typed, as in
// "mapi enable"; the empty one is the tool as a whole.
#pragma once

#include <string_view>
#include <vector>

#include "client-lib/cli/table.h"

namespace profile_broker::client::cli {

// Of the tool as a whole: some of every command's. Every command has some.
std::vector<Row> examples_of(std::string_view command);
// Of a command only where they are its own.
std::vector<Row> exit_codes_of(std::string_view command);

}  // namespace profile_broker::client::cli
