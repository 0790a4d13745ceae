// One line of the journal: a change, or the service's own opening and closing, as JSON with a
// checksum and a number.
//   {"crc":"1c291ca3","n":7,"op":"released","reference":"6f9619ff-8b86-d011-b42d-00c04fc964ff"}
// The checksum (CRC-32) covers everything behind its own member, so a flipped bit never turns into
// another profile's name. Numbers rise by one within a file, so a line that is missing, twice or
// out of order is seen. Pure text; which lines follow which is the journal's business.
// docs/service.md describes the format for administrators.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "proto/text_buffer.h"
#include "service/change.h"

namespace profile_broker::service {

struct JournalOpened {
  int format = 1;
  std::string version;  // of the service that wrote it
  std::string instance;
  std::string boot;  // boot_identity()
  WallTime time{};
};

// The last line of a service that stopped in order and was not recovering: no program had an answer
// that it did not remember.
struct JournalClosed {
  WallTime time{};
};

using JournalRecord = std::variant<Change, JournalOpened, JournalClosed>;

// What another program, or damage that a checksum does not show, numbers beyond this is no record
// of ours: numbers are compared and subtracted, and begin anew with every file.
inline constexpr std::uint64_t kMaxRecordNumber = (std::uint64_t{1} << 53) - 1;

// With its line feed.
void append_journal_line(TextBuffer& out, std::uint64_t number, const Change& change);
void append_journal_line(TextBuffer& out, std::uint64_t number, const JournalOpened& opened);
void append_journal_line(TextBuffer& out, std::uint64_t number, const JournalClosed& closed);

struct NumberedRecord {
  std::uint64_t number = 0;
  JournalRecord record;
};

// A line without its line feed; nothing when it is damaged or not ours.
std::optional<NumberedRecord> read_journal_line(std::string_view line);

}  // namespace profile_broker::service
