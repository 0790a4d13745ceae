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
    if (!under_way_) {
      under_way_.emplace(HiveUnderWay{*next});
    }
    if (describe_part(*under_way_, end)) {
      to_describe_.erase(under_way_->id);
      under_way_.reset();
    }
  }
  return lines_.size() < kBytesAtOnce ? std::nullopt : write();
}

bool NextJournal::HiveUnderWay::has_passed(std::uint32_t profile_hash) const {
  return profiles_are_described || decltype(Hive::profiles)::turn_of(profile_hash) < from;
}

void NextJournal::tell(HiveUnderWay& under_way, const Process& process) {
  if (under_way.told.insert(process.holder.key).second) {
    append(Change(change::ProcessSeen{process.holder}));
  }
}

bool NextJournal::describe_part(HiveUnderWay& under_way, std::uint64_t end) {
  const Hive* hive = table_.find_hive(under_way.id);
  if (!hive) {
    return true;  // what was in it has ended, and the file says so of what it has told
  }
  while (!under_way.profiles_are_described && records_ < end) {
    under_way.from = hive->profiles.visit_part(under_way.from, [&](const Profile& profile) {
      for (const Reference& reference : profile.references()) {
        tell(under_way, *reference.process);
      }
      ReferenceTable::describe(profile, [this](const Change& change) { append(change); });
    });
    under_way.profiles_are_described = under_way.from == 0;
  }
  for (const Process& process : hive->processes) {
    if (records_ >= end) {
      return false;
    }
    tell(under_way, process);
  }
  for (const Claim& claim : hive->claims) {
    append(ReferenceTable::description_of(claim));
  }
  return true;
}

// What becomes of a change to the hive under way: it follows what it changes, or is in what will be
// described.
struct NextJournal::AddToHiveUnderWay {
  NextJournal& journal;
  HiveUnderWay& under_way;
  const Change& change;

  void operator()(const change::ProcessSeen& c) const {
    under_way.told.insert(c.holder.key);
    journal.append(change);
  }
  void operator()(const change::ProcessEnded& c) const {
    if (under_way.told.erase(c.process) > 0) {
      journal.append(change);
    }
  }
  void operator()(const change::Acquired& c) const {
    if (under_way.has_passed(journal.table_.hash_of(c.profile))) {
      journal.tell(under_way, *journal.table_.find_process(c.process));
      journal.append(change);
    }
  }
  void operator()(const change::Released& c) const {
    if (under_way.has_passed(journal.table_.find_reference(c.reference)->profile->hash())) {
      journal.append(change);
    }
  }
  void operator()(const change::MadeTemporary& c) const { of(c.profile); }
  void operator()(const change::Deferred& c) const { of(c.profile); }
  void operator()(const change::Undeleted& c) const { of(c.profile); }
  void operator()(const change::Claimed&) const {}
  void operator()(const change::Finished& c) const {
    const Claim& claim = *journal.table_.find_claim(c.claim);
    if (under_way.has_passed(claim.profile->hash())) {
      journal.tell(under_way, *claim.process);
      journal.append(ReferenceTable::description_of(claim));
      journal.append(change);
    }
  }

 private:
  void of(const ProfileName& profile) const {
    if (under_way.has_passed(journal.table_.hash_of(profile))) {
      journal.append(change);
    }
  }
};

void NextJournal::add(const Change& change) {
  const std::string hive(table_.hive_of(change));
  if (!to_describe_.contains(hive)) {
    append(change);
  } else if (under_way_ && under_way_->id == hive) {
    std::visit(AddToHiveUnderWay{*this, *under_way_, change}, change);
  }
}

std::optional<FileTrouble> NextJournal::put_in_place() {
  auto trouble = write();
  return trouble ? trouble : file_.put_next_in_place();
}

std::optional<FileTrouble> NextJournal::write() {
  auto trouble = file_.append_to_next(lines_.view());
  bytes_ += lines_.size();
  lines_.clear();
  return trouble;
}

}  // namespace profile_broker::service
