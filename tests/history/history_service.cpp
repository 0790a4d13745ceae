// What happens to the service, and what it must know afterwards (history.h).
#include <algorithm>

#include "tests/history/history.h"

namespace profile_broker::history {
namespace {

using namespace std::chrono_literals;

// Claims whose answers nobody saw have names that nobody knows.
std::string with_known_claim(ModelProfile profile, const ModelProfile& found) {
  if (profile.claim && profile.claim->id == "?" && found.claim) {
    profile.claim->id = found.claim->id;
  }
  return text_of(profile);
}

// What a model knows of one profile; nothing where it does not know it.
ModelProfile at(const ReferenceModel& model, const Place& place) {
  const auto found = model.profiles.find(place);
  return found == model.profiles.end() ? ModelProfile{} : found->second;
}

}  // namespace

void History::Remembered::report(const service::LogEvent& event) noexcept {
  warnings += service::text_of(event.id).severity != service::Severity::info ? 1 : 0;
}

bool History::runs(const ProcessKey& key) const {
  return std::any_of(programs_.begin(), programs_.end(), [&](const Program& program) {
    const ProcessKey& one = program.caller.holder.key;
    return program.alive &&
           (one == key || (mutation_ == Mutation::believes_pids && one.pid == key.pid));
  });
}

void History::start() {
  if (service_) {
    return;
  }
  ++figures_.starts;
  ++run_;
  last_sequence_ = 0;
  const unsigned warnings_before = log_.warnings;
  const std::string content_before = disk_.content;
  try {
    service_ = std::make_unique<SimulatedService>(
        SimulatedService::Machine{disk_, log_, [this](const ProcessKey& key) { return runs(key); },
                                  [this] { return "boot " + std::to_string(boot_); },
                                  [this] { return new_uuid(); }, mutation_},
        limits_, now_);
    disk_.require_alive();
  } catch (const ServiceDied&) {
    ++figures_.crashes_in_write;
    disk_.process_gone();
    recovery_unfinished_ = recovery_unfinished_ ||
                           (!content_before.empty() && (!in_order_ || damage_ != Damage::none));
    if (disk_.content != content_before) {
      in_order_ = false;
      // What was damaged has been said, and the new file does not show it.
      damage_ = std::min(damage_, Damage::like_crash);
    }
    return;
  }
  service_->events().subscribe(*this, std::nullopt);
  check_restart(warnings_before);
  in_order_ = in_order_ && disk_.content == content_before;  // a torn line of this run may follow
}

void History::check_restart(unsigned warnings_before) {
  for (ReferenceModel& model : doubt_) {
    const auto holders = model.processes;
    for (const auto& [key, hive] : holders) {
      if (rebooted_ || !runs(key)) {
        model.writes_left.reset();
        model.process_ended(key);
      }
    }
  }
  ReferenceModel found = model_of(service_->table());
  const bool recovering = service_->dispatcher().recovering();
  if (damage_ == Damage::none) {
    check_undamaged(found);
  } else {
    check_damaged(found, log_.warnings > warnings_before && service_->replayed().damaged_lines > 0);
  }
  const bool in_order = in_order_ && damage_ == Damage::none && !recovery_unfinished_;
  const bool something = !found.profiles.empty() || recovery_unfinished_;
  if (in_order ? recovering : something && !rebooted_ && !recovering) {
    throw Discrepancy(std::string("after a restart the service is ") +
                      (recovering ? "recovering although it stopped in order"
                                  : "not recovering although it did not stop in order"));
  }
  found.recovering = recovering;
  found.limits = limits_;
  found.remembers = service_->journal().writable();
  found.writes_left = model_.writes_left;
  model_ = std::move(found);
  for (const auto& [place, profile] : model_.profiles) {
    if (profile.claim) {
      all_claims_.insert(profile.claim->id);
    }
    for (const auto& [id, reference] : profile.references) {
      all_references_[id].insert({reference.process, place});
    }
  }
  unsaved_ = model_.remembers ? std::nullopt : std::optional(Doubt{model_});
  in_order_ = in_order && !model_.remembers;  // the file of the stop is still there
  rebooted_ = false;
  if (model_.remembers) {
    damage_ = Damage::none;  // else the damaged file is still there
  }
  recovery_unfinished_ = recovering;
  heard_.clear();
  require_same_table("after a restart");
}

// Each profile is as it was before the interrupted step or after it, or between its two halves.
void History::check_undamaged(const ReferenceModel& found) const {
  if (service_->replayed().damaged_lines > 0) {
    throw Discrepancy("after a crash the journal counts damaged lines");
  }
  std::set<Place> places;
  const auto collect = [&](const ReferenceModel& model) {
    for (const auto& [place, profile] : model.profiles) {
      places.insert(place);
    }
  };
  collect(found);
  std::for_each(doubt_.begin(), doubt_.end(), collect);
  for (const Place& place : places) {
    const ModelProfile real = at(found, place);
    std::string possible;
    const bool explained =
        std::any_of(doubt_.begin(), doubt_.end(), [&](const ReferenceModel& model) {
          const ModelProfile whole = at(model, place);
          ModelProfile half = whole;
          half.claim.reset();
          if (half.idle()) {
            half = {};
          }
          possible += "\n  " + text_of(whole);
          return text_of(real) == with_known_claim(whole, real) || text_of(real) == text_of(half);
        });
    if (!explained) {
      throw Discrepancy("after a restart " + text_of(place) + " is\n  " + text_of(real) +
                        "\nit was" + possible);
    }
  }
  for (const auto& [key, hive] : found.processes) {
    if (std::none_of(doubt_.begin(), doubt_.end(),
                     [&key = key](const auto& model) { return model.processes.contains(key); })) {
      throw Discrepancy("after a restart the service knows process " + text_of(key));
    }
  }
}

// The journal was damaged: nothing may be made up, nothing to be deleted that was taken back, and
// what is lost must be protected by the recovery time.
void History::check_damaged(const ReferenceModel& found, bool said) const {
  if (damage_ == Damage::visible && !said) {
    throw Discrepancy("the journal was damaged, and the service did not say so");
  }
  const auto any = [&](const auto& test) {
    return std::any_of(doubt_.begin(), doubt_.end(), test);
  };
  for (const auto& [place, profile] : found.profiles) {
    for (const auto& [id, reference] : profile.references) {
      const auto known = all_references_.find(id);
      const bool true_once =
          known != all_references_.end() && known->second.contains({reference.process, place});
      if (!true_once && !any([&place = place, &id = id](const auto& m) {
            return at(m, place).references.contains(id);
          })) {
        throw Discrepancy("a damaged journal made up reference " + text_of(id) + " to " +
                          text_of(place));
      }
    }
    if (damage_ == Damage::visible && profile.to_be_deleted() &&
        !any([&place = place](const auto& m) { return at(m, place).to_be_deleted(); })) {
      throw Discrepancy("with a damaged journal " + text_of(place) +
                        " is to be deleted again, which somebody took back");
    }
  }
  for (const auto& [place, profile] : doubt_.front().profiles) {
    for (const auto& [id, reference] : profile.references) {
      const bool unanswered = any([&place = place, &id = id](const auto& m) {
        return !at(m, place).references.contains(id);
      });
      if (!unanswered && !at(found, place).references.contains(id) &&
          !service_->dispatcher().recovering()) {
        throw Discrepancy("with a damaged journal reference " + text_of(id) + " to " +
                          text_of(place) + " is lost, and claims are granted at once");
      }
    }
  }
}

void History::stop() {
  if (!service_) {
    return;
  }
  const std::string content_before = disk_.content;
  try {
    service_->stop();
    disk_.require_alive();
  } catch (const ServiceDied&) {
    die_rewriting(content_before);
    // It may have died after the whole of its last record, which says that it stopped in order.
    in_order_ =
        in_order_ || (disk_.content.size() > content_before.size() &&
                      disk_.content.starts_with(content_before) && disk_.content.back() == '\n');
    return;
  }
  const bool written = service_->journal().writable();
  if (written) {
    damage_ = Damage::none;
  }
  lose_service(written || !unsaved_ ? Doubt{model_} : *unsaved_);
  in_order_ = written || in_order_;
}

// While the whole journal was written anew: it is the old or the new.
void History::die_rewriting(const std::string& content_before) {
  ++figures_.crashes_in_write;
  Doubt doubt = unsaved_.value_or(Doubt{});
  doubt.push_back(model_);
  if (disk_.content != content_before) {
    in_order_ = false;
    damage_ = std::min(damage_, Damage::like_crash);  // said already; a new file does not show it
  }
  lose_service(std::move(doubt));
}

void History::crash() {
  if (service_) {
    ++figures_.crashes;
    lose_service(unsaved_.value_or(Doubt{model_}));
  }
}

void History::lose_service(Doubt doubt) {
  recovery_unfinished_ = model_.recovering;
  doubt_ = std::move(doubt);
  unsaved_.reset();
  service_.reset();
  disk_.process_gone();
  unseen_ends_.clear();
  heard_.clear();
  for (Program& program : programs_) {
    program.connection = 0;
  }
}

void History::wait(std::chrono::milliseconds time) {
  // Recovery time is for registering: everybody does so before it ends.
  if (service_ && model_.recovering && now_ + time >= *service_->recovery_ends()) {
    contact_everybody();
  }
  now_ += time;
  if (!service_) {
    return;
  }
  const bool disk_well = !disk_.full && !disk_.not_replaceable && !disk_.next_write_fails;
  const auto recovery_ends = service_->recovery_ends();
  const std::string content_before = disk_.content;
  try {
    service_->time_passes(now_);
    disk_.require_alive();
  } catch (const ServiceDied&) {
    die_rewriting(content_before);
    return;
  }
  model_.recovering = recovery_ends && now_ < *recovery_ends;
  recovery_unfinished_ = model_.recovering;
  if (!model_.remembers && (service_->journal().writable() || (time >= 1s && disk_well))) {
    model_.remembers = true;
    in_order_ = false;
    unsaved_.reset();
    damage_ = Damage::none;
    contact_everybody();
  }
  if (service_) {
    require_same_table("after some time");
  }
}

void History::reboot() {
  crash();
  rebooted_ = true;
  ++boot_;
  last_created_.clear();
  for (Program& program : programs_) {
    program.alive = false;
  }
}

// Beyond what a crash does, and only between two runs. A removal under way is given up first: that
// a claim's record is destroyed and the service restarted while its holder is deleting is more than
// the service promises to survive (docs/correctness.md).
void History::damage_journal(std::uint32_t how) {
  crash();
  if (damage_ != Damage::none) {
    return;  // once is enough to repair at a time
  }
  const std::string before = disk_.content;
  Damage damage = disk_.damage(how, !plain_);
  if (plain_ && damage == Damage::like_crash) {
    disk_.content = before;  // only notices in the hive protect against an end that is missing
    damage = Damage::none;
  }
  if (damage == Damage::none) {
    return;
  }
  ++figures_.damages;
  damage_ = damage;
  for (Program& program : programs_) {
    std::erase_if(program.claims,
                  [](const auto& claim) { return claim.second.state == Removing::granted; });
  }
}

// The journal as it is now, cut before every byte of its last record, and with a bit of every byte
// of it flipped: the record counts or it does not, and the others always count.
void History::try_every_cut(std::uint32_t bit) {
  constexpr std::size_t kLongest = 6'000;
  const std::string& whole = disk_.content;
  if (!service_ || !model_.remembers || whole.empty() || whole.size() > kLongest) {
    return;
  }
  const auto read_back = [&](std::string content) {
    ++figures_.cuts;
    SimulatedDisk disk;
    disk.content = std::move(content);
    Remembered log;
    service::ReferenceTable table;
    service::Journal journal(disk, table, log, [this] {
      return service::JournalOpened{1, "1.0", "instance", "boot " + std::to_string(boot_), {}};
    });
    const auto replayed = std::get<service::Replayed>(journal.replay_into(table));
    return std::tuple(model_of(table).picture(), replayed.damaged_lines, log.warnings);
  };
  const auto last_feed = whole.size() > 1 ? whole.rfind('\n', whole.size() - 2) : std::string::npos;
  const std::size_t last = last_feed == std::string::npos ? 0 : last_feed + 1;
  const auto [without, no_damage, no_warning] = read_back(whole.substr(0, last));
  if (std::get<0>(read_back(whole)) != model_.picture()) {
    throw Discrepancy("the journal read back is not the table");
  }
  for (std::size_t at = last; at < whole.size(); ++at) {
    if (read_back(whole.substr(0, at)) != std::tuple(without, 0U, 0U)) {
      throw Discrepancy("the journal cut at byte " + std::to_string(at) + " of " +
                        std::to_string(whole.size()) + " is not what was there before");
    }
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
    const auto [picture, damaged, warnings] = read_back(flipped);
    if (at + 1 < whole.size() && (damaged == 0 || warnings == 0)) {
      throw Discrepancy("a bit flipped at byte " + std::to_string(at) + " is not reported");
    }
  }
}

void History::end() {
  disk_.full = disk_.not_replaceable = false;
  model_.writes_left.reset();
  disk_.process_gone();
  start();
  wait(1s);
  wait(12s);
  // Everybody leaves; then one program of each account tidies up, as the next logon would.
  for (Program& program : programs_) {
    end_process(program, true);
  }
  for (std::uint32_t i = 0; i < 3; ++i) {
    Program& program = programs_[i];
    begin_process(program, i);
    // First what the service knows of itself, then what is marked; again while anything comes,
    // since a sweep grants no more than there is room for.
    bool with_marks = false;
    for (bool more = true; more || !with_marks;) {
      with_marks = with_marks || !more;
      call::Sweep call;
      for (const auto& [hive, folded] : marks_) {
        if (with_marks && hive == program.caller.holder.hive) {
          call.profiles.push_back(std::get<ProfileName>(ProfileName::parse(folded)));
        }
      }
      if (const auto swept = ask(program, call)) {
        learn(program, *swept);
      }
      more = !program.claims.empty();
      while (!program.claims.empty()) {
        const std::string claim = program.claims.begin()->first;
        delete_profile(program, claim);
        ask(program, call::Finish{claim, true});
        program.claims.erase(claim);
      }
    }
    end_process(program, true);
  }
  if (!service_->table().empty() || !marks_.empty()) {
    throw Discrepancy("all programs have ended, and of what was to be deleted " +
                      (marks_.empty() ? "the service still knows something"
                                      : text_of(*marks_.begin()) + " is still there"));
  }
  stop();
  start();
}

}  // namespace profile_broker::history
