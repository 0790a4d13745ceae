// Where the tool's text goes. Text is UTF-8; a Windows console gets it as UTF-16, a pipe or file
// gets it as it is, and plain: colours and full screens are for terminals. NO_COLOR (set, not
// empty) and TERM=dumb are honoured.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace profile_broker::client::cli {

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

struct Console {
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> error;
  bool is_terminal = false;  // standard output is one that understands escape sequences
  bool has_colours = false;
  std::function<ScreenSize()> size = [] { return ScreenSize(); };  // as it is now

  // Where sentences are wrapped; 0, nowhere, for a pipe or a file.
  std::size_t columns() const { return is_terminal ? size().columns : 0; }
};

Console process_console();

}  // namespace profile_broker::client::cli
