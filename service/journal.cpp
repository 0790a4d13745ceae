// Appending, compacting and reading back (journal.h).
#include "service/journal.h"

#include <utility>

namespace profile_broker::service {
namespace {

// Walks over complete lines; what follows the last line feed is a line that was being written when
// the service died.
template <typename Visit>
void for_each_line(std::string_view content, Visit visit) {
  while (!content.empty()) {
    const auto end = content.find('\n');
    if (end == std::string_view::npos) {
      return;
    }
    visit(content.substr(0, end));
    content.remove_prefix(end + 1);
  }
}

}  // namespace

Journal::Journal(JournalFile& file, const ReferenceTable& table, Log& log,
                 std::function<JournalOpened()> opened)
    : file_(file), table_(table), log_(log), opened_(std::move(opened)) {}

std::variant<Replayed, FileTrouble> Journal::replay_into(ReferenceTable& table) {
  auto read = file_.read_all();
  if (auto* trouble = std::get_if<FileTrouble>(&read)) {
    return std::move(*trouble);
  }
  const auto& content = std::get<std::string>(read);
  const JournalOpened now = opened_();
  Replayed replayed;
  std::string damaged;
  for_each_line(content, [&](std::string_view line) {
    const auto numbered = read_journal_line(line);
    bool good = numbered && numbered->number > last_number_;
    if (good) {
      last_number_ = numbered->number;
      replayed.closed_cleanly = std::holds_alternative<JournalClosed>(numbered->record);
      if (const auto* opened = std::get_if<JournalOpened>(&numbered->record)) {
        replayed.other_boot = opened->boot != now.boot;
        good = opened->format == now.format;
      } else if (const auto* change = std::get_if<Change>(&numbered->record)) {
        good = table.apply(*change);
      }
    }
    if (good) {
      ++replayed.records;
    } else {
      ++replayed.damaged_lines;
      damaged.append(line).push_back('\n');
    }
  });
  replayed.nothing = content.empty();
  replayed.closed_cleanly = replayed.closed_cleanly && replayed.damaged_lines == 0;
  damaged_lines_ = replayed.damaged_lines;
  bytes_ = content.size();
  records_ = replayed.records;
  if (!damaged.empty()) {
    auto kept = file_.keep_aside(damaged, timestamp_text(now.time));
    const auto* where = std::get_if<std::string>(&kept);
    log_.report(log_event<LogEventId::journal_damaged>(
        replayed.damaged_lines,
        where ? "They are kept in " + *where + "."
              : "They could not be kept: " + std::get<FileTrouble>(kept).text));
  }
  return replayed;
}

bool Journal::keep(const Change& change) {
  if (!writable()) {
    return false;
  }
  // The table does not have this change yet, so the file can be rewritten from it before the change
  // is appended.
  if (mostly_history()) {
    shorten();
  }
  return append(change);
}

bool Journal::append(const JournalRecord& record) {
  std::string lines;
  std::uint64_t added = 1;
  if (records_ == 0) {
    lines = journal_line(last_number_ + 1, opened_());
    ++added;
  }
  lines += journal_line(last_number_ + added, record);
  if (const auto trouble = file_.append(lines)) {
    note_trouble(*trouble);
    return false;
  }
  bytes_ += lines.size();
  records_ += added;
  last_number_ += added;
  return true;
}

bool Journal::mostly_history() const {
  const std::uint64_t live = table_.reference_count() + table_.processes().size() +
                             table_.profile_count() + table_.claim_count();
  return records_ > shorten_from_ && records_ > 3 * live;
}

// A journal that cannot be replaced just now (somebody reads it, the disk is nearly full) can still
// be appended to, so nobody is refused for that; it is tried again when it is twice as long.
void Journal::shorten() {
  const auto trouble = replace_all();
  shorten_from_ = trouble ? 2 * records_ : kSmallJournal;
  if (trouble) {
    log_.report(log_event<LogEventId::journal_grows>(records_, trouble->text));
  }
}

bool Journal::rewrite() {
  if (const auto trouble = replace_all()) {
    note_trouble(*trouble);
    return false;
  }
  if (!error_.empty()) {
    log_.report(log_event<LogEventId::journal_mended>());
    error_.clear();
  }
  return true;
}

std::optional<FileTrouble> Journal::replace_all() {
  std::string content;
  std::uint64_t number = 0;
  if (!table_.empty()) {
    content = journal_line(++number, opened_());
    table_.describe([&](const Change& change) { content += journal_line(++number, change); });
  }
  if (auto trouble = file_.replace(content)) {
    return trouble;
  }
  bytes_ = content.size();
  records_ = number;
  last_number_ = number;
  return std::nullopt;
}

void Journal::retry() {
  if (!writable()) {
    rewrite();
  }
}

void Journal::close_cleanly(WallTime now) {
  if (!writable() && !rewrite()) {
    return;  // it stays as it is: the next start takes it for the journal of a crash, which is the
             // careful reading
  }
  if (records_ > 0) {
    append(JournalClosed{now});
  }
}

void Journal::note_trouble(const FileTrouble& trouble) {
  if (error_.empty()) {
    log_.report(log_event<LogEventId::journal_trouble>(trouble.text));
  }
  error_ = trouble.text;
}

}  // namespace profile_broker::service
