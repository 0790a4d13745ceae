// The shorter journal that is to take the place of a long one, written a few lines at a time beside
// it, so that nobody waits for a large table to be written. Hive by hive: a hive's entries name
// nothing of another hive, so the file is right when each hive is described once and every later
// change to it follows. The long journal stays the one that counts until the end; when the service
// dies before, nothing is lost. What one hive holds is written as one piece: quotas bound it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "service/journal_file.h"
#include "service/journal_record.h"
#include "service/reference_table.h"

namespace profile_broker::service {

class NextJournal {
 public:
  // A change goes on after so many lines, or the hive that they end in. The fewer, the longer the
  // old journal grows meanwhile: with 64 by a line for every 64 that the table needs.
  static constexpr std::uint64_t kLinesAtOnce = 64;

  // Both borrowed. Begin before anything else.
  NextJournal(JournalFile& file, const ReferenceTable& table) : file_(file), table_(table) {}
  NextJournal(const NextJournal&) = delete;
  NextJournal& operator=(const NextJournal&) = delete;
  ~NextJournal() { file_.drop_next(); }

  std::optional<FileTrouble> begin(const JournalOpened& opened);
  // Describes hives until so many lines are written; of a journal that is complete() nothing.
  std::optional<FileTrouble> go_on(std::uint64_t lines);
  // Of a change that the table does not have yet.
  void add(const Change& change);
  bool complete() const { return to_describe_.empty(); }
  std::optional<FileTrouble> put_in_place();

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t records() const { return records_; }

 private:
  template <typename Record>
  void append(const Record& record) {
    append_journal_line(lines_, ++records_, record);
  }
  std::optional<FileTrouble> write();

  JournalFile& file_;
  const ReferenceTable& table_;
  // By name: a hive may be forgotten and come again in the meantime. One that came later is not
  // among them, its changes are all there is.
  std::unordered_set<std::string> to_describe_;
  std::string lines_;  // not written yet
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace profile_broker::service
