// Where the tool's text goes. Text is UTF-8; a Windows console gets it as UTF-16, a pipe or file
// gets it as it is.
#pragma once

#include <functional>
#include <string_view>

namespace profile_broker::client::cli {

struct Console {
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> error;
};

Console process_console();

}  // namespace profile_broker::client::cli
