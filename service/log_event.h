// What the service tells its administrator, as values: an event of service/events.mc and what is to
// be inserted into its text. The same value becomes a line on a console and an entry of the Windows
// event log, where the text is looked up in the reader's language.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "service/log_event_catalog.h"

namespace profile_broker::service {

struct LogEvent {
  LogEventId id;
  std::vector<std::string> inserts;  // UTF-8, without control characters
};

constexpr const LogEventText<LogEventId>& text_of(LogEventId id) {
  return *std::find_if(std::begin(kLogEventTexts), std::end(kLogEventTexts),
                       [&](const auto& text) { return text.id == id; });
}

// Programs can cause events from 300 on: those are limited (log_limiter.h), and their last insert
// counts what was left out.
constexpr bool is_limited(LogEventId id) {
  return static_cast<int>(id) >= 300;
}

// The highest n of %n in an event's text.
constexpr std::size_t insert_count(LogEventId id) {
  std::size_t count = 0;
  for (const auto text : {text_of(id).happened, text_of(id).advice}) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
      if (text[i] == '%' && text[i + 1] >= '1' && text[i + 1] <= '9') {
        count = std::max(count, static_cast<std::size_t>(text[i + 1] - '0'));
      }
    }
  }
  return count;
}

// A text to be inserted. Control characters become '?': an image's name must not look like a line.
std::string insert_text(std::string_view text);

template <typename Number>
requires std::is_integral_v<Number> std::string insert_text(Number number) {
  return std::to_string(number);
}

// log_event<LogEventId::started>(version, endpoint, instance): as many inserts as the text has,
// without the count of a limited event, which the limiter adds.
template <LogEventId id, typename... Inserts>
LogEvent log_event(const Inserts&... inserts) {
  static_assert(sizeof...(inserts) + (is_limited(id) ? 1 : 0) == insert_count(id));
  return {id, {insert_text(inserts)...}};
}

// The whole text in English, on one line.
std::string sentence(const LogEvent& event);

}  // namespace profile_broker::service
