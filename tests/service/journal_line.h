// One line of the journal, for tests that look at a line at a time.
#pragma once

#include <string>

#include "service/journal_record.h"

namespace profile_broker::service {

inline std::string journal_line(std::uint64_t number, const JournalRecord& record) {
  TextBuffer line;
  std::visit([&](const auto& one) { append_journal_line(line, number, one); }, record);
  return std::string(line.view());
}

}  // namespace profile_broker::service
