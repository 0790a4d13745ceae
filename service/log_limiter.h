// Keeps programs from flooding the event log: of the events that programs can cause, one for each
// id and first insert (the account, in most) in ten minutes passes; those left out are counted in
// the next one's last insert, which comes when the time is over, also when nothing more happens.
// All other events and debug lines pass as they are.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "service/log.h"

namespace profile_broker::service {

class LogLimiter final : public Log {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::minutes kPause{10};
  // Accounts and reasons beyond share one entry for each id.
  static constexpr std::size_t kMostKeys = 512;

  // sink is borrowed. now: for tests.
  explicit LogLimiter(Log& sink, std::function<Clock::time_point()> now = &Clock::now)
      : sink_(sink), now_(std::move(now)) {}

  void report(const LogEvent& event) noexcept override;
  void debug(std::string_view text) noexcept override { sink_.debug(text); }

  // Call it now and then: tells of what was left out when its pause is over.
  void flush() noexcept;

 private:
  using Key = std::pair<LogEventId, std::string>;
  struct Told {
    Clock::time_point at;
    std::size_t left_out = 0;
    LogEvent last;
  };

  void report_limited(const LogEvent& event);
  void pass(const LogEvent& event, std::size_t left_out);

  Log& sink_;
  std::function<Clock::time_point()> now_;
  std::map<Key, Told> told_;
};

}  // namespace profile_broker::service
