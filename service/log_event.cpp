// Putting inserts into the English text (log_event.h).
#include "service/log_event.h"

namespace profile_broker::service {
namespace {

void append_filled(std::string& line, std::string_view text,
                   const std::vector<std::string>& inserts) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char digit = text[i] == '%' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (digit < '1' || digit > '9') {
      line.push_back(text[i]);
      continue;
    }
    ++i;
    const auto number = static_cast<std::size_t>(digit - '1');
    if (number < inserts.size()) {
      line += inserts[number];
    }
  }
}

}  // namespace

std::string insert_text(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return clean;
}

std::string sentence(const LogEvent& event) {
  const auto& text = text_of(event.id);
  std::string line;
  append_filled(line, text.happened, event.inserts);
  if (constexpr std::string_view kEnds = ".!?: "; kEnds.find(line.back()) == kEnds.npos) {
    line.push_back('.');  // an insert stood last, a reason for instance
  }
  line.push_back(' ');
  append_filled(line, text.advice, event.inserts);
  return line;
}

}  // namespace profile_broker::service
