// What the log is told when the program ends in the middle, on an error that nobody foresaw: an
// exception that nothing catches, on whatever thread. It then aborts, so that the system takes its
// picture (Windows Error Reporting, a core file) and the service control manager starts it again.
#pragma once

#include "service/log.h"

namespace profile_broker::service {

// While one lives; there is one at a time. Visual C++'s runtime watches only the thread that made
// it, MinGW's and Linux's all threads.
class LastWords {
 public:
  explicit LastWords(Log& log) noexcept;  // borrowed
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
};

}  // namespace profile_broker::service
