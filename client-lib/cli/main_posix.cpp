// The command-line tool on Linux.
#include "client-lib/cli/program.h"

int main(int argc, char** argv) {
  using namespace profile_broker::client::cli;
  return run({argv + 1, argv + argc}, process_console());
}
