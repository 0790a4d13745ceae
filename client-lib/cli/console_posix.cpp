// Standard output and error, flushed at once: watch is read line by line (console.h).
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "client-lib/cli/console.h"

namespace profile_broker::client::cli {
namespace {

void write(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

ScreenSize terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {size.ws_col, size.ws_row};
}

}  // namespace

Console process_console() {
  const bool terminal = ::isatty(STDOUT_FILENO) && environment("TERM") != "dumb";
  return {[](std::string_view text) { write(stdout, text); },
          [](std::string_view text) { write(stderr, text); }, terminal,
          terminal && environment("NO_COLOR").empty(), terminal_size};
}

}  // namespace profile_broker::client::cli
