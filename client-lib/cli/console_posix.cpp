// Standard output and error, flushed at once: watch is read line by line (console.h).
#include <cstdio>

#include "client-lib/cli/console.h"

namespace profile_broker::client::cli {
namespace {

void write(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

}  // namespace

Console process_console() {
  return {[](std::string_view text) { write(stdout, text); },
          [](std::string_view text) { write(stderr, text); }};
}

}  // namespace profile_broker::client::cli
