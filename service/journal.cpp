// Appending, compacting and reading back (journal.h).
#include "service/journal.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace profile_broker::service {
namespace {

constexpr std::uint64_t kLinesOfOneWrite = 4'096;

// Walks over complete lines; what follows the last line feed is a line that was being written when
// the service died. Returns its length.
template <typename Visit>
std::size_t for_each_line(std::string_view content, Visit visit) {
  for (auto end = content.find('\n'); end != std::string_view::npos; end = content.find('\n')) {
    visit(content.substr(0, end));
    content.remove_prefix(end + 1);
  }
  return content.size();
}

void forget_claim(ReferenceTable& table, const Profile* profile) {
  if (profile && profile->claim()) {
    table.apply(change::Finished{std::string(profile->claim()->id), false});
  }
}

// A change was only ever made when it made sense. Where it does not, lost lines told why, so what
// they must have told is done first: a claim has ended, references have been released.
struct MakeWay {
  ReferenceTable& table;

  void operator()(const change::Acquired& c) const { forget_claim(table, its(c)); }
  void operator()(const change::Claimed& c) const {
    forget_claim(table, its(c));
    for (const Profile* profile = its(c); profile && !profile->references().empty();
         profile = its(c)) {
      table.apply(change::Released{profile->references().front().uuid});
    }
  }
  void operator()(const change::MadeTemporary& c) const { forget_claim_of(c); }
  void operator()(const change::Deferred& c) const { forget_claim_of(c); }
  void operator()(const change::Undeleted& c) const { forget_claim_of(c); }
  template <typename Other>
  void operator()(const Other&) const {}

 private:
  template <typename C>
  const Profile* its(const C& c) const {
    const Process* process = table.find_process(c.process);
    return process ? table.find_profile(process->hive->id, c.profile) : nullptr;
  }
  template <typename C>
  void forget_claim_of(const C& c) const {
    forget_claim(table, table.find_profile(c.hive, c.profile));
  }
};

// A lost line may have taken back any deletion that was to be: in doubt the profile is kept. Claims
// stay, their holders may be deleting right now.
void forget_deletions(ReferenceTable& table) {
  std::vector<std::pair<std::string, ProfileName>> to_be_deleted;
  for (const auto& [id, hive] : table.hives()) {
    hive.profiles.for_each([&, &hive_id = id](const Profile& profile) {
      if (profile.is_to_be_deleted()) {
        to_be_deleted.emplace_back(hive_id, profile.name());
      }
    });
  }
  for (const auto& [hive, name] : to_be_deleted) {
    const Profile& profile = *table.find_profile(hive, name);
    const Claim* claim = profile.claim();
    if (!claim) {
      table.apply(change::Undeleted{hive, name});
    } else {
      const change::Claimed again{claim->id, claim->process->holder.key, name, claim->released,
                                  claim->since};
      table.apply(change::Finished{again.claim, true});
      table.apply(again);
    }
  }
}

}  // namespace

Journal::Journal(JournalFile& file, const ReferenceTable& table, Log& log,
                 std::function<JournalOpened()> opened, std::uint64_t small_journal,
                 std::uint64_t lines_at_once)
    : file_(file),
      table_(table),
      log_(log),
      opened_(std::move(opened)),
      small_journal_(small_journal),
      lines_at_once_(lines_at_once),
      shorten_from_(small_journal) {}

std::variant<Replayed, FileTrouble> Journal::replay_into(ReferenceTable& table) {
  auto read = file_.read_all();
  if (auto* trouble = std::get_if<FileTrouble>(&read)) {
    return std::move(*trouble);
  }
  const auto& content = std::get<std::string>(read);
  const WallTime now = opened_().time;
  Replayed replayed;
  std::string damaged;
  const std::size_t torn = for_each_line(
      content, [&](std::string_view line) { replay_line(line, replayed, table, damaged); });
  if (unreadable_ > 0) {
    forget_deletions(table);
  }
  replayed.nothing = content.empty();
  const bool whole = replayed.damaged_lines == 0 && torn == 0;
  replayed.closed_cleanly = replayed.closed_cleanly && whole;
  // Holders of another boot must not stand before a line that says that this one has begun: were it
  // the last, they would be looked for among today's processes.
  can_go_on_ = whole && !replayed.other_boot;
  damaged_lines_ = replayed.damaged_lines;
  bytes_ = content.size();
  records_ = replayed.records;
  if (replayed.damaged_lines > 0) {
    report_damage(replayed, damaged, now);
  }
  return replayed;
}

void Journal::replay_line(std::string_view line, Replayed& replayed, ReferenceTable& table,
                          std::string& damaged) {
  const auto numbered = read_journal_line(line);
  bool good = numbered && numbered->number > last_number_;
  if (good) {
    const std::uint64_t gap = numbered->number - last_number_ - 1;
    if (gap > 0) {
      forget_deletions(table);
      lines_lost_ = true;
      replayed.damaged_lines += gap - std::min(gap, unreadable_);
    }
    last_number_ = numbered->number;
    unreadable_ = 0;
    replayed.closed_cleanly = std::holds_alternative<JournalClosed>(numbered->record);
    if (const auto* opened = std::get_if<JournalOpened>(&numbered->record)) {
      const JournalOpened now = opened_();
      replayed.other_boot = opened->boot != now.boot;
      good = opened->format == now.format;
    } else if (const auto* change = std::get_if<Change>(&numbered->record)) {
      if (lines_lost_) {
        std::visit(MakeWay{table}, *change);
      }
      good = table.apply(*change);
      if (!good) {  // of something that a lost line told of; it may have ended a deletion
        forget_deletions(table);
        lines_lost_ = true;
      }
    }
  } else if (!numbered) {
    ++unreadable_;
  }
  if (good) {
    ++replayed.records;
  } else {
    ++replayed.damaged_lines;
    damaged.append(line).push_back('\n');
  }
}

void Journal::report_damage(const Replayed& replayed, const std::string& damaged, WallTime now) {
  std::string place;
  if (!damaged.empty()) {
    const auto kept = file_.keep_aside(damaged, timestamp_text(now));
    const auto* where = std::get_if<std::string>(&kept);
    place = where ? "They are kept in " + *where + "."
                  : "They could not be kept: " + std::get<FileTrouble>(kept).text;
  }
  log_.report(log_event<LogEventId::journal_damaged>(replayed.damaged_lines, place));
}

bool Journal::keep(const Change& change) {
  if (!writable() || (distrusted_ && !rewrite())) {
    return false;
  }
  // The table does not have this change yet, so a shorter file can be made of it before the change
  // is appended.
  shorten();
  if (!append(change)) {
    return false;
  }
  if (next_) {
    next_->add(change);
  }
  return true;
}

template <typename Record>
bool Journal::append(const Record& record) {
  lines_.clear();
  std::uint64_t added = 1;
  if (records_ == 0) {
    append_journal_line(lines_, last_number_ + 1, opened_());
    ++added;
  }
  append_journal_line(lines_, last_number_ + added, record);
  if (const auto trouble = file_.append(lines_.view())) {
    note_trouble(*trouble);
    return false;
  }
  bytes_ += lines_.size();
  records_ += added;
  last_number_ += added;
  return true;
}

bool Journal::mostly_history() const {
  const std::uint64_t live = table_.reference_count() + table_.processes().size() +
                             table_.profile_count() + table_.claim_count();
  return records_ > 3 * live;
}

bool Journal::begin_run(const std::vector<ProcessKey>& ended) {
  if (!can_go_on_ || mostly_history() || records_ <= small_journal_) {
    return rewrite();
  }
  lines_.clear();
  append_journal_line(lines_, ++last_number_, opened_());
  for (const ProcessKey& process : ended) {
    append_journal_line(lines_, ++last_number_, Change(change::ProcessEnded{process}));
  }
  if (file_.append(lines_.view())) {
    return rewrite();
  }
  bytes_ += lines_.size();
  records_ += 1 + ended.size();
  return true;
}

// A journal that cannot be replaced just now (somebody reads it, the disk is nearly full) can still
// be appended to, so nobody is refused for that; it is tried again when it is twice as long.
void Journal::shorten() {
  std::optional<FileTrouble> trouble;
  if (!next_) {
    if (records_ <= shorten_from_ || !mostly_history()) {
      return;
    }
    next_.emplace(file_, table_);
    began_at_ = records_;
    trouble = next_->begin(opened_());
  }
  if (!trouble) {
    trouble = next_->go_on(lines_at_once_);
  }
  if (!trouble && next_->complete()) {
    auto settled = file_.settle_next();
    if (auto* unsettled = std::get_if<FileTrouble>(&settled)) {
      trouble = std::move(*unsettled);
    } else if (std::get<bool>(settled)) {
      const std::uint64_t came_meanwhile = records_ - began_at_;
      trouble = take_place(*next_);
      if (!trouble) {
        shorten_from_ = std::clamp(kWorthWhile * came_meanwhile, small_journal_,
                                   kMostSmallJournals * small_journal_);
        next_.reset();
      }
    }
  }
  if (trouble) {
    next_.reset();
    shorten_from_ = 2 * records_;
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
  next_.reset();  // there is one at a time
  NextJournal next(file_, table_);
  auto trouble = next.begin(opened_());
  while (!trouble && !next.complete()) {
    trouble = next.go_on(kLinesOfOneWrite);
  }
  return trouble ? trouble : take_place(next);
}

std::optional<FileTrouble> Journal::take_place(NextJournal& next) {
  if (auto trouble = next.put_in_place()) {
    return trouble;
  }
  bytes_ = next.bytes();
  records_ = next.records();
  last_number_ = next.records();
  distrusted_ = false;
  return std::nullopt;
}

void Journal::look() {
  if (!writable()) {
    return;
  }
  if (const auto lost = file_.look()) {
    note_trouble(*lost);
  }
}

void Journal::retry() {
  if (!writable() || distrusted_) {
    rewrite();
  }
}

void Journal::close_cleanly(WallTime now) {
  next_.reset();
  look();
  if ((!writable() || distrusted_) && !rewrite()) {
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
