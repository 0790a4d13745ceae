// The handler behind last_words.h.
#include "service/last_words.h"

#include <atomic>
#include <cstdlib>
#include <exception>
#include <string>

namespace profile_broker::service {
namespace {

// A handler has no context parameter.
std::atomic<Log*> the_log = nullptr;
std::terminate_handler before = nullptr;

std::string text_of_error() {
  try {
    if (const auto error = std::current_exception()) {
      std::rethrow_exception(error);
    }
    return "no exception, but the end was asked for";
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of an unknown kind";
  }
}

// What fails in here, for want of memory, comes back here and finds no log.
[[noreturn]] void say_and_abort() {
  if (Log* const log = the_log.exchange(nullptr)) {
    log->report(log_event<LogEventId::ended_unexpectedly>(text_of_error()));
  }
  std::abort();
}

}  // namespace

LastWords::LastWords(Log& log) noexcept {
  the_log = &log;
  before = std::set_terminate(say_and_abort);
}

LastWords::~LastWords() {
  std::set_terminate(before);
  the_log = nullptr;
}

}  // namespace profile_broker::service
