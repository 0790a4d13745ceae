// The command-line tool on Windows: arguments are UTF-16 there, so that every profile name can be
// given.
#include <windows.h>

#include "client-lib/cli/program.h"
#include "client-lib/wide_text_win.h"

int wmain(int argc, wchar_t** argv) {
  using namespace profile_broker::client;
  const auto console = cli::process_console();
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    auto argument = utf8_from_wide(argv[i]);
    if (!argument) {
      console.error("profile-broker: an argument is not well-formed Unicode\n");
      return cli::kUsage;
    }
    arguments.push_back(std::move(*argument));
  }
  return cli::run(std::move(arguments), console);
}
