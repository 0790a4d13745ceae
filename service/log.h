// What the service tells its administrator. The sink is the console, the Windows event log, or
// both; messages say what happened, to which profile, in which session, and what to do. Profile
// names appear at debug level only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace profile_broker::service {

enum class Severity { debug, info, warning, error };

class Log {
 public:
  virtual ~Log() = default;
  // Never throws and never fails: a log that cannot be written is no reason to stop protecting
  // profiles.
  virtual void write(Severity severity, std::string_view text) noexcept = 0;

  void debug(std::string_view text) noexcept { write(Severity::debug, text); }
  void info(std::string_view text) noexcept { write(Severity::info, text); }
  void warning(std::string_view text) noexcept { write(Severity::warning, text); }
  void error(std::string_view text) noexcept { write(Severity::error, text); }
};

// Lines on stderr: time, severity, text. Debug lines only when asked for.
std::unique_ptr<Log> make_console_log(bool with_debug);

// Several logs as one.
class LogGroup final : public Log {
 public:
  void add(std::unique_ptr<Log> log) { logs_.push_back(std::move(log)); }
  void write(Severity severity, std::string_view text) noexcept override {
    for (const auto& log : logs_) {
      log->write(severity, text);
    }
  }

 private:
  std::vector<std::unique_ptr<Log>> logs_;
};

}  // namespace profile_broker::service
