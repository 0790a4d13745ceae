#include "service/event_log_win.h"

#include <windows.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <string>
#include <vector>

#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

// ReportEventW's bound for one insert.
constexpr std::size_t kLongestInsert = 31'839;

// Levels as Event Viewer shows them; the number of an event in its message table begins with its
// severity.
struct EventKind {
  WORD type;
  DWORD severity_bits;
};

EventKind kind_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return {EVENTLOG_ERROR_TYPE, 0xC0000000};
    case Severity::warning:
      return {EVENTLOG_WARNING_TYPE, 0x80000000};
    default:
      return {EVENTLOG_INFORMATION_TYPE, 0x40000000};
  }
}

// Event Viewer would take "%1" or "%%1" in an insert for something to be inserted in its turn.
std::wstring insert_for_viewer(std::string_view text) {
  std::wstring insert;
  for (const wchar_t unit : wide_text(text)) {
    insert.push_back(unit);
    if (unit == L'%') {
      insert.push_back(L' ');
    }
  }
  insert.resize(std::min(insert.size(), kLongestInsert));
  return insert;
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

  void report(const LogEvent& event) noexcept override {
    if (source_ == nullptr) {
      return;
    }
    try {
      std::vector<std::wstring> inserts;
      std::vector<const wchar_t*> pointers;
      std::transform(event.inserts.begin(), event.inserts.end(), std::back_inserter(inserts),
                     insert_for_viewer);
      std::transform(inserts.begin(), inserts.end(), std::back_inserter(pointers),
                     [](const std::wstring& insert) { return insert.c_str(); });
      const auto kind = kind_of(text_of(event.id).severity);
      ReportEventW(source_, kind.type, 0, kind.severity_bits | static_cast<DWORD>(event.id),
                   nullptr, static_cast<WORD>(pointers.size()), 0, pointers.data(), nullptr);
    } catch (const std::exception&) {
      // Out of memory: the event is lost, the service goes on.
      return;
    }
  }

  void debug(std::string_view) noexcept override {}

 private:
  const HANDLE source_;
};

}  // namespace

std::unique_ptr<Log> make_event_log() {
  return std::make_unique<EventLog>();
}

}  // namespace profile_broker::service
