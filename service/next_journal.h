// The shorter journal that is to take the place of a long one, written a few lines at a time beside
// it, so that nobody waits for a large table to be written. Hive by hive: a hive's entries name
// nothing of another hive, so the file is right when each hive is described once and every later
// change to it follows. Within a hive profile by profile, in the order of their names' hashes,
// which says of each change whether its profile has been described; a process comes before the
// first that names it, and claims come last, in their order, or with their end. The long journal
// stays the one that counts until the end; when the service dies before, nothing is lost. What one
// profile holds is written as one piece.
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
  // A change goes on after so many lines, or the profile that they end in. The fewer, the longer
  // the old journal grows meanwhile: with 64 by a line for every 64 that the table needs.
  static constexpr std::uint64_t kLinesAtOnce = 64;

  // Both borrowed. Begin before anything else.
  NextJournal(JournalFile& file, const ReferenceTable& table) : file_(file), table_(table) {}
  NextJournal(const NextJournal&) = delete;
  NextJournal& operator=(const NextJournal&) = delete;
  ~NextJournal() { file_.drop_next(); }

  std::optional<FileTrouble> begin(const JournalOpened& opened);
  // Describes profiles until so many lines are written; of a journal that is complete() nothing.
  std::optional<FileTrouble> go_on(std::uint64_t lines);
  // Of a change that the table does not have yet.
  void add(const Change& change);
  bool complete() const { return to_describe_.empty(); }
  std::optional<FileTrouble> put_in_place();

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t records() const { return records_; }

 private:
  struct HiveUnderWay {
    std::string id;
    std::uint64_t from = 0;  // HashIndex::visit_part
    bool profiles_are_described = false;
    std::unordered_set<ProcessKey> told{};  // processes that are in the file

    bool has_passed(std::uint32_t profile_hash) const;
  };
  struct AddToHiveUnderWay;

  // True: it is described as a whole.
  bool describe_part(HiveUnderWay& under_way, std::uint64_t end);
  void tell(HiveUnderWay& under_way, const Process& process);
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
  std::optional<HiveUnderWay> under_way_;  // one of them
  TextBuffer lines_;                       // not written yet
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace profile_broker::service
