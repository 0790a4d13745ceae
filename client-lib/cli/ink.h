// Colours of the tool's text, by what a text means. Off, a text comes out as it went in: for pipes,
// files, NO_COLOR and terminals without colours.
#pragma once

#include <string>
#include <string_view>

namespace profile_broker::client::cli {

enum class Ink { plain, strong, faint, good, warning, bad };

class Paint {
 public:
  explicit Paint(bool on = false) : on_(on) {}

  std::string operator()(Ink ink, std::string_view text) const;

 private:
  bool on_;
};

}  // namespace profile_broker::client::cli
