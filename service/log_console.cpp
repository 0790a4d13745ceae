// Log lines on stderr (log.h).
#include <chrono>
#include <cstdio>
#include <string>

#include "proto/timestamp.h"
#include "service/log.h"

namespace profile_broker::service {
namespace {

// Behind "2026-01-31T08:15:00.123Z warning ".
constexpr std::size_t kTextColumn = 24 + 1 + 7 + 1;

const char* word_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

class ConsoleLog final : public Log {
 public:
  explicit ConsoleLog(bool with_debug) : with_debug_(with_debug) {}

  void report(const LogEvent& event) noexcept override try {
    write(word_of(text_of(event.id).severity), sentence(event));
  } catch (...) {  // no memory for a line: the line is lost, nothing else
  }

  void debug(std::string_view text) noexcept override try {
    if (with_debug_) {
      write("debug", text);
    }
  } catch (...) {  // as above
  }

 private:
  static void write(const char* word, std::string_view text) {
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::string line = timestamp_text(now) + ' ' + word;
    line.resize(kTextColumn, ' ');
    line.append(text).push_back('\n');
    // One write a line, since several threads may have something to say; and at once.
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
  }

  bool with_debug_;
};

}  // namespace

std::unique_ptr<Log> make_console_log(bool with_debug) {
  return std::make_unique<ConsoleLog>(with_debug);
}

}  // namespace profile_broker::service
