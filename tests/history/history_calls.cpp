// How programs' calls go, and the comparison after each (history.h).
#include <algorithm>

#include "tests/history/history.h"

namespace profile_broker::history {
namespace {

std::vector<Removal> removals_of(const service::Dispatcher::Outcome& outcome) {
  const auto* result = std::get_if<Result>(&outcome);
  if (const auto* released = result ? std::get_if<result::Release>(result) : nullptr) {
    return released->removal ? std::vector{*released->removal} : std::vector<Removal>{};
  }
  if (const auto* deleted = result ? std::get_if<result::Delete>(result) : nullptr) {
    return deleted->removal ? std::vector{*deleted->removal} : std::vector<Removal>{};
  }
  if (const auto* swept = result ? std::get_if<result::Sweep>(result) : nullptr) {
    return swept->removals;
  }
  return {};
}

std::string listed(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& line : lines) {
    text += line + "\n";
  }
  return text;
}

}  // namespace

ReferenceModel model_of(const service::ReferenceTable& table) {
  ReferenceModel model;
  for (const auto& [key, process] : table.processes()) {
    model.processes[key] = process.hive->id;
  }
  for (const auto& [id, hive] : table.hives()) {
    hive.profiles.for_each([&, &hive_id = id](const service::Profile& profile) {
      ModelProfile& copy = model.profiles[{hive_id, profile.name().folded()}];
      copy.shown = profile.shown();
      copy.temporary = profile.temporary;
      copy.deferred = profile.deletion_deferred;
      if (const service::Claim* claim = profile.claim()) {
        copy.claim = ModelClaim{claim->id, claim->process->holder.key, claim->released, {}};
      }
      for (const service::Reference& reference : profile.references()) {
        copy.references[reference.uuid] = {reference.process->holder.key,
                                           std::string(reference.label())};
      }
    });
  }
  return model;
}

// Nothing: no answer came.
std::optional<History::Outcome> History::ask(Program& program, const Call& call, Way way) {
  if (!contact(program)) {
    return std::nullopt;
  }
  const auto outcome = carry(program, call, way != Way::notification);
  if (outcome && way != Way::answered) {
    if (way == Way::answer_lost) {
      hang_up(program);
    }
    return std::nullopt;
  }
  return outcome;
}

// A connection; on a new one what the service may not know comes first, as protocol.md wants it:
// references, then requests whose answers did not come. False: the service is away.
bool History::contact(Program& program) {
  if (!service_) {
    return false;
  }
  if (program.connection == 0) {
    program.connection = ++last_connection_;
    if (program.instance != run_) {
      for (auto& [slot, use] : program.uses) {
        use.registered = false;
      }
    }
  }
  for (auto& [slot, use] : program.uses) {
    if (use.registered) {
      continue;
    }
    const bool known = service_->table().find_reference(use.reference) != nullptr;
    const bool once_known = all_references_.contains(use.reference);
    const auto outcome = carry(
        program, call::Acquire{use.profile, use.reference, use.temporary, "registered"}, true);
    if (!outcome) {
      return false;
    }
    use.registered = std::holds_alternative<Result>(*outcome);
    figures_.references_regained += use.registered && !known && once_known ? 1 : 0;
  }
  program.instance = run_;
  while (!program.owed.empty()) {
    const auto outcome = carry(program, program.owed.front(), true);
    if (!outcome) {
      return false;
    }
    program.owed.erase(program.owed.begin());
    learn(program, *outcome);
  }
  return true;
}

void History::contact_everybody() {
  for (Program* program : living()) {
    contact(*program);
  }
}

// One call to the dispatcher and the model's opinion of it. Nothing: the service died in it.
std::optional<History::Outcome> History::carry(Program& program, const Call& call, bool answered) {
  ++figures_.calls;
  const ReferenceModel before = model_;
  const bool write_may_fail = disk_.next_write_fails.has_value();
  Asked asked{program.caller, program.connection, answered, {}, [](const auto&) { return "?"; }};
  Outcome outcome;
  try {
    outcome = service_->handle({program.caller, program.connection, answered, nullptr}, call, now_);
    disk_.require_alive();
  } catch (const ServiceDied&) {
    ++figures_.crashes_in_write;
    ReferenceModel after = before;
    after.answer(asked, call);
    lose_service(unsaved_.value_or(Doubt{before, after}));
    return std::nullopt;
  }
  if (const auto* result = std::get_if<Result>(&outcome)) {
    if (const auto* acquired = std::get_if<result::Acquire>(result)) {
      asked.new_reference = acquired->reference;
      const auto& profile = std::get<call::Acquire>(call).profile;
      all_references_[acquired->reference].insert(
          {program.caller.holder.key, {program.caller.holder.hive, profile.folded()}});
    }
  }
  const auto removals = removals_of(outcome);
  const bool one_by_one = write_may_fail && std::holds_alternative<call::Sweep>(call);
  asked.claim_on = [&](const std::string& shown) -> std::string {
    for (const auto& removal : removals) {
      if (removal.profile == shown && !all_claims_.contains(removal.claim)) {
        return removal.claim;
      }
    }
    return one_by_one ? "" : "that should have been granted";
  };
  const std::string real = text_of(outcome);
  ReferenceModel model = before;
  std::string expected = model.answer(asked, call);
  if (write_may_fail && !disk_.next_write_fails) {
    // A write failed somewhere in it; nobody says which, so one must explain all of it.
    for (unsigned writes = 0; writes < 4 && !one_by_one; ++writes) {
      ReferenceModel failing = before;
      failing.writes_left = writes;
      const std::string text = failing.answer(asked, call);
      if (text == real && failing.picture() == model_of(service_->table()).picture() &&
          failing.remembers == service_->journal().writable()) {
        model = failing;
        expected = text;
        break;
      }
    }
    if (one_by_one) {
      model.processes = model_of(service_->table()).processes;
    }
    model.writes_left = before.writes_left;
    model.remembers = service_->journal().writable();
  }
  for (const auto& removal : removals) {
    all_claims_.insert(removal.claim);
  }
  adopt(before, std::move(model));
  compare("process " + text_of(program.caller.holder.key) + " called " +
              std::string(method_of(call)) + " " + params_of(call).dump(),
          real, expected);
  return outcome;
}

void History::hang_up(Program& program) {
  if (service_ && program.connection != 0) {
    service_->connection_closed(program.connection);
    model_.connection_closed(program.connection);
  }
  program.connection = 0;
}

void History::see_ends() {
  while (service_ && !unseen_ends_.empty()) {
    const auto [process, connection] = unseen_ends_.back();
    unseen_ends_.pop_back();
    see_end(process, connection);
  }
}

void History::see_end(const ProcessKey& process, ConnectionId connection) {
  const ReferenceModel before = model_;
  service_->connection_closed(connection);
  model_.connection_closed(connection);
  ReferenceModel model = model_;
  const bool write_may_fail = disk_.next_write_fails.has_value();
  try {
    service_->process_ended(process, now_);
    disk_.require_alive();
  } catch (const ServiceDied&) {
    ++figures_.crashes_in_write;
    lose_service(unsaved_.value_or(Doubt{before}));
    return;
  }
  model.process_ended(process);
  if (write_may_fail && !disk_.next_write_fails) {
    model.remembers = service_->journal().writable();
  }
  adopt(before, std::move(model));
  compare("process " + text_of(process) + " ended", "", "");
}

void History::adopt(const ReferenceModel& before, ReferenceModel model) {
  if (before.remembers && !model.remembers) {
    unsaved_ = Doubt{before, model};
  }
  model_ = std::move(model);
}

void History::compare(const std::string& what, const std::string& answer,
                      const std::string& expected) {
  if (answer != expected) {
    throw Discrepancy(what + "\n  the service: " + answer + "\n  expected:    " + expected);
  }
  const std::string heard = listed(std::exchange(heard_, {}));
  if (const std::string events = listed(model_.events); heard != events) {
    throw Discrepancy(what + "\n  events:   " + heard + "  expected: " + events);
  }
  require_same_table(what);
}

void History::require_same_table(const std::string& when) const {
  const auto& table = service_->table();
  const auto found = model_of(table).picture();
  const auto expected = model_.picture();
  if (found != expected) {
    std::string text;
    for (const auto& [key, value] : found) {
      const auto other = expected.find(key);
      if (other == expected.end() || other->second != value) {
        text += "\n  the table has " + key + ": " + value;
      }
    }
    for (const auto& [key, value] : expected) {
      const auto other = found.find(key);
      if (other == found.end() || other->second != value) {
        text += "\n  it should have " + key + ": " + value;
      }
    }
    throw Discrepancy(when + text);
  }
  std::size_t references = 0;
  std::size_t claims = 0;
  std::map<std::string, std::array<std::size_t, 4>> hives;  // profiles, references, claims, holders
  for (const auto& [place, profile] : model_.profiles) {
    auto& [profiles, uses, claimed, holders] = hives[place.first];
    ++profiles;
    uses += profile.references.size();
    claimed += profile.claim ? 1 : 0;
    references += profile.references.size();
    claims += profile.claim ? 1 : 0;
  }
  for (const auto& [key, hive] : model_.processes) {
    ++hives[hive][3];
  }
  const bool counted =
      table.profile_count() == model_.profiles.size() && table.reference_count() == references &&
      table.claim_count() == claims && table.hives().size() == hives.size() &&
      std::all_of(hives.begin(), hives.end(), [&](const auto& hive) {
        const service::Hive* real = table.find_hive(hive.first);
        return real && std::array{real->profiles.size(), real->references, real->claims.size(),
                                  real->processes.size()} == hive.second;
      });
  if (!counted) {
    throw Discrepancy(when + "\n  the table's counters are not what it holds");
  }
  if (service_->journal().writable() != model_.remembers) {
    throw Discrepancy(when + "\n  the journal says that it can" +
                      (service_->journal().writable() ? "" : "not") + " be written");
  }
  for (const auto& [key, process] : model_.processes) {
    if (!service_->watches(key)) {
      throw Discrepancy(when + "\n  nobody watches for the end of process " + text_of(key));
    }
  }
}

// A number out of order shows as an event that no model expects.
void History::deliver(const Event& event) noexcept {
  const bool due = event.sequence == ++last_sequence_;
  heard_.push_back(due ? text_of(event)
                       : "event " + std::to_string(event.sequence) + " where " +
                             std::to_string(last_sequence_) + " was due");
}

}  // namespace profile_broker::history
