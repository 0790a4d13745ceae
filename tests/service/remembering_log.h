// A log that keeps what it is told, for tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "service/log.h"

namespace profile_broker::service {

class RememberingLog final : public Log {
 public:
  void report(const LogEvent& event) noexcept override {
    events.push_back(event);
    if (text_of(event.id).severity != Severity::info) {
      ++warnings;
      last = sentence(event);
    }
  }
  void debug(std::string_view) noexcept override {}

  std::size_t count(LogEventId id) const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [&](const LogEvent& event) { return event.id == id; }));
  }

  std::vector<LogEvent> events;
  int warnings = 0;  // errors too
  std::string last;  // of those
};

}  // namespace profile_broker::service
