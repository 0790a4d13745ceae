// Where the service tells its administrator what happens: the console, the Windows event log, or
// both. Events are for administrators and stay in the event log; debug lines are details for
// whoever watches a console. Profile names appear in debug lines only, since every user can read
// the event log.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "service/log_event.h"

namespace profile_broker::service {

// Never throws and never fails: a log that cannot be written is no reason to stop protecting
// profiles.
class Log {
 public:
  virtual ~Log() = default;
  virtual void report(const LogEvent& event) noexcept = 0;
  virtual void debug(std::string_view text) noexcept = 0;
};

// Lines on stderr: time, severity, text. Debug lines only when asked for.
std::unique_ptr<Log> make_console_log(bool with_debug);

// Several logs as one.
class LogGroup final : public Log {
 public:
  void add(std::unique_ptr<Log> log) { logs_.push_back(std::move(log)); }
  void report(const LogEvent& event) noexcept override {
    for (const auto& log : logs_) {
      log->report(event);
    }
  }
  void debug(std::string_view text) noexcept override {
    for (const auto& log : logs_) {
      log->debug(text);
    }
  }

 private:
  std::vector<std::unique_ptr<Log>> logs_;
};

}  // namespace profile_broker::service
