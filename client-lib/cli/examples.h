// The examples and exit codes at the end of every --help. A command is named as it is typed, as in
// "mapi enable".
#pragma once

#include <string>
#include <string_view>

namespace profile_broker::client::cli {

// Of the tool as a whole: some of every command's, and the exit codes.
std::string help_footer();
// Of one command; its exit codes too where they are its own. Every command has some.
std::string help_footer(std::string_view command);

}  // namespace profile_broker::client::cli
