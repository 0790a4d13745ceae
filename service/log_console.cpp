// Log lines on stderr (log.h).
#include <chrono>
#include <cstdio>
#include <string>

#include "proto/timestamp.h"
#include "service/log.h"

namespace profile_broker::service {
namespace {

const char* word_of(Severity severity) {
  switch (severity) {
    case Severity::debug:
      return "debug";
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

  void write(Severity severity, std::string_view text) noexcept override try {
    if (severity != Severity::debug || with_debug_) {
      const auto now =
          std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
      std::fprintf(stderr, "%s %-7s %.*s\n", timestamp_text(now).c_str(), word_of(severity),
                   static_cast<int>(text.size()), text.data());
    }
  } catch (...) {  // no memory for a line: the line is lost, nothing else
  }

 private:
  bool with_debug_;
};

}  // namespace

std::unique_ptr<Log> make_console_log(bool with_debug) {
  return std::make_unique<ConsoleLog>(with_debug);
}

}  // namespace profile_broker::service
