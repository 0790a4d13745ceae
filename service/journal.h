// The service's memory across restarts: every change is appended before it is answered, a shorter
// file takes its place when most of it is history, and it is read back at start. It promises that
// what keep() accepted is in the operating system's hands, and that a damaged file costs the
// damaged lines only, which are kept aside and reported. What a lost line may have said is taken to
// the safe side: a deletion that was put off before it may have been taken back or carried out, so
// it is no longer carried out by itself (a mark in the hive, if there still is one, asks for it).
// While it cannot write it says so and remembers nothing new; retry() tries to write the table as a
// whole. Verifying that the holders still live is the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "service/dispatcher.h"
#include "service/journal_file.h"
#include "service/journal_record.h"
#include "service/log.h"
#include "service/next_journal.h"
#include "service/reference_table.h"

namespace profile_broker::service {

struct Replayed {
  bool nothing = false;         // the file had no record
  bool closed_cleanly = false;  // the last record says so, and nothing was damaged
  bool other_boot = false;      // written before the machine was restarted: no holder can live
  std::uint64_t records = 0;
  std::uint64_t damaged_lines = 0;  // unreadable, out of order, or missing by their numbers
};

class Journal final : public ChangeKeeper {
 public:
  // So many records make a journal large: while the service runs, a smaller one is not made
  // shorter; at a start, a larger one is not written anew when that would not make it much shorter.
  static constexpr std::uint64_t kSmallJournal = 10'000;
  // While changes come faster than the disk takes a shorter file, one is not made for the sake of
  // few: it is worth while when it has so many times the records that came while the last one was
  // made. But not more than so many small journals are kept for that (100,000 records are read in
  // 0.2 s at a start).
  static constexpr std::uint64_t kWorthWhile = 32;
  static constexpr std::uint64_t kMostSmallJournals = 10;

  // All borrowed. opened() makes a run's first record. lines_at_once: of the next journal, for each
  // change.
  Journal(JournalFile& file, const ReferenceTable& table, Log& log,
          std::function<JournalOpened()> opened, std::uint64_t small_journal = kSmallJournal,
          std::uint64_t lines_at_once = NextJournal::kLinesAtOnce);

  // Reads the file into the table, which must be the empty table that the journal was made for.
  std::variant<Replayed, FileTrouble> replay_into(ReferenceTable& table);

  bool keep(const Change& change) override;
  void distrust() noexcept override { distrusted_ = true; }

  // After replaying, and after the table has lost these processes, which had ended: writes the
  // table anew, or goes on with a large file that is whole and mostly not history. False: trouble,
  // see error().
  bool begin_run(const std::vector<ProcessKey>& ended);
  // Writes the table as the whole journal, at once. False: trouble, see error().
  bool rewrite();
  // Once in a while: notices when somebody has removed the file, which no write would tell.
  void look();
  // After trouble: tries to write again. Nothing to do when all is well.
  void retry();
  void close_cleanly(WallTime now);

  bool writable() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t records() const { return records_; }
  std::uint64_t damaged_lines() const { return damaged_lines_; }

 private:
  template <typename Record>
  bool append(const Record& record);
  void replay_line(std::string_view line, Replayed& replayed, ReferenceTable& table,
                   std::string& damaged);
  void report_damage(const Replayed& replayed, const std::string& damaged, WallTime now);
  bool mostly_history() const;
  void shorten();
  std::optional<FileTrouble> replace_all();
  std::optional<FileTrouble> take_place(NextJournal& next);
  void note_trouble(const FileTrouble& trouble);

  JournalFile& file_;
  const ReferenceTable& table_;
  Log& log_;
  std::function<JournalOpened()> opened_;
  const std::uint64_t small_journal_;
  const std::uint64_t lines_at_once_;
  std::optional<NextJournal> next_;  // while the journal is being shortened
  TextBuffer lines_;                 // under way; kept for its memory
  std::string error_;
  bool distrusted_ = false;  // the file is to be written anew, from the table
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t shorten_from_;
  std::uint64_t began_at_ = 0;  // records, when the next journal was begun
  std::uint64_t damaged_lines_ = 0;
  std::uint64_t unreadable_ = 0;  // while replaying: lines since the last good one
  bool lines_lost_ = false;       // while replaying
  bool can_go_on_ = false;        // what was replayed can be appended to
};

}  // namespace profile_broker::service
