// Describing hives while changes go on (next_journal.h).
#include "service/next_journal.h"

namespace profile_broker::service {
namespace {

constexpr std::size_t kBytesAtOnce = std::size_t{32} * 1024;  // of one write(2), or more

}  // namespace

std::optional<FileTrouble> NextJournal::begin(const JournalOpened& opened) {
  for (const auto& [id, hive] : table_.hives()) {
    to_describe_.insert(id);
  }
  append(opened);  // never empty, so that the next start sees that there was a run
  return file_.begin_next();
}

std::optional<FileTrouble> NextJournal::go_on(std::uint64_t lines) {
  for (const std::uint64_t end = records_ + lines; !complete() && records_ < end;) {
    const auto next = to_describe_.begin();
    if (const Hive* hive = table_.find_hive(*next)) {
      ReferenceTable::describe(*hive, [this](const Change& change) { append(change); });
    }
    to_describe_.erase(next);
  }
  return lines_.size() < kBytesAtOnce ? std::nullopt : write();
}

void NextJournal::add(const Change& change) {
  if (!to_describe_.contains(std::string(table_.hive_of(change)))) {
    append(change);
  }
}

std::optional<FileTrouble> NextJournal::put_in_place() {
  auto trouble = write();
  return trouble ? trouble : file_.put_next_in_place();
}

std::optional<FileTrouble> NextJournal::write() {
  auto trouble = file_.append_to_next(lines_);
  bytes_ += lines_.size();
  lines_.clear();
  return trouble;
}

}  // namespace profile_broker::service
