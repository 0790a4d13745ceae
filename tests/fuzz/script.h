// The text form of the inputs that play several steps: one step a line, so that a corpus is read
// and written with an editor, and mutated by line. What a line means is the target's; "$7" stands
// for the UUID numbered 7, so that an input can name what the service has made.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "tests/service/simulated_service.h"

namespace profile_broker::fuzz {

inline std::vector<std::string_view> lines_of(std::string_view text, std::size_t max) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < max) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

inline std::string with_uuids(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool named =
        text[i] == '$' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (named) {
      result += service::simulated_uuid(static_cast<unsigned>(text[++i] - '0'));
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

}  // namespace profile_broker::fuzz
