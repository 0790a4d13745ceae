// Passing and leaving out (log_limiter.h).
#include "service/log_limiter.h"

#include <exception>

namespace profile_broker::service {

void LogLimiter::report(const LogEvent& event) noexcept try {
  if (is_limited(event.id)) {
    report_limited(event);
  } else {
    sink_.report(event);
  }
} catch (const std::exception&) {  // no memory to count with: the event is left out
}

void LogLimiter::report_limited(const LogEvent& event) {
  Key key{event.id, event.inserts.empty() ? std::string() : event.inserts.front()};
  if (told_.size() >= kMostKeys && !told_.contains(key)) {
    key.second.clear();
  }
  const auto now = now_();
  const auto found = told_.find(key);
  if (found == told_.end()) {
    told_.emplace(std::move(key), Told{now, 0, event});
    pass(event, 0);
    return;
  }
  Told& told = found->second;
  told.last = event;
  if (now - told.at < kPause) {
    ++told.left_out;
    return;
  }
  told.at = now;
  pass(event, std::exchange(told.left_out, 0));
}

void LogLimiter::flush() noexcept try {
  const auto now = now_();
  for (auto entry = told_.begin(); entry != told_.end();) {
    Told& told = entry->second;
    if (now - told.at < kPause) {
      ++entry;
    } else if (told.left_out == 0) {
      entry = told_.erase(entry);
    } else {
      told.at = now;
      pass(told.last, std::exchange(told.left_out, 0) - 1);  // this one is told now
      ++entry;
    }
  }
} catch (const std::exception&) {  // no memory: the next time
}

void LogLimiter::pass(const LogEvent& event, std::size_t left_out) {
  LogEvent counted = event;
  counted.inserts.push_back(std::to_string(left_out));
  sink_.report(counted);
}

}  // namespace profile_broker::service
