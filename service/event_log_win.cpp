#include "service/event_log_win.h"

#include <windows.h>

#include <algorithm>
#include <exception>

#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

// ReportEventW's bound for one insert.
constexpr std::size_t kLongestInsert = 31'839;

struct EventKind {
  WORD type;
  DWORD id;  // one per severity, so that administrators can filter
};

EventKind kind_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return {EVENTLOG_ERROR_TYPE, 3};
    case Severity::warning:
      return {EVENTLOG_WARNING_TYPE, 2};
    default:
      return {EVENTLOG_INFORMATION_TYPE, 1};
  }
}

class EventLog final : public Log {
 public:
  EventLog() : source_(RegisterEventSourceW(nullptr, kEventSource)) {}
  ~EventLog() override {
    if (source_ != nullptr) {
      DeregisterEventSource(source_);
    }
  }
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void write(Severity severity, std::string_view text) noexcept override {
    if (severity == Severity::debug || source_ == nullptr) {
      return;
    }
    try {
      auto insert = wide_text(text);
      insert.resize(std::min(insert.size(), kLongestInsert));
      const wchar_t* inserts[] = {insert.c_str()};
      const auto kind = kind_of(severity);
      ReportEventW(source_, kind.type, 0, kind.id, nullptr, 1, 0, inserts, nullptr);
    } catch (const std::exception&) {
      // Out of memory: the event is lost, the service goes on.
      return;
    }
  }

 private:
  const HANDLE source_;
};

}  // namespace

std::unique_ptr<Log> make_event_log() {
  return std::make_unique<EventLog>();
}

}  // namespace profile_broker::service
