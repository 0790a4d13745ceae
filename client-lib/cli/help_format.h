// How --help looks: one column of what can be typed, one of what it does, wrapped where the
// terminal ends, with examples and exit codes below.
#pragma once

#include <CLI/App.hpp>
#include <CLI/FormatterFwd.hpp>
#include <cstddef>
#include <string>

namespace profile_broker::client::cli {

class HelpFormat final : public CLI::FormatterBase {
 public:
  // columns: of the terminal; 0 for a pipe or a file, which get 80.
  explicit HelpFormat(std::size_t columns);

  // name: the words that were typed, from the program's name on.
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;

 private:
  std::size_t columns_;
};

}  // namespace profile_broker::client::cli
