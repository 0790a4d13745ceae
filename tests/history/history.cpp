// What programs do (history.h).
#include "tests/history/history.h"

#include <algorithm>

namespace profile_broker::history {
namespace {

constexpr std::size_t kPrograms = 12;
constexpr std::uint32_t kSlots = 4;  // references that one program has at a time
constexpr const char* kHives[] = {"S-1-5-21-7-1001", "S-1-5-21-7-1002", "S-1-5-18"};
// Two spellings each of one profile.
constexpr const char* kNames[][2] = {{"Alpha", "ALPHA"},
                                     {"beta", "Beta"},
                                     {"Gateway 7F3A", "gateway 7f3a"},
                                     {"Müller", "MÜLLER"},
                                     {"x", "X"}};

ProfileName name_of(const Operation& operation) {
  const auto& spellings = kNames[operation.what % std::size(kNames)];
  return std::get<ProfileName>(ProfileName::parse(spellings[operation.detail >> 8 & 1]));
}

Place place_of(const Caller& caller, const ProfileName& name) {
  return {caller.holder.hive, name.folded()};
}

template <typename Map>
auto pick(Map& map, std::uint32_t number) {
  return map.empty() ? map.end() : std::next(map.begin(), number % map.size());
}

}  // namespace

Figures& Figures::operator+=(const Figures& other) {
  operations += other.operations;
  calls += other.calls;
  crashes += other.crashes;
  crashes_in_write += other.crashes_in_write;
  starts += other.starts;
  damages += other.damages;
  cuts += other.cuts;
  references += other.references;
  references_regained += other.references_regained;
  removals += other.removals;
  return *this;
}

History::History(bool plain_programs, Mutation mutation)
    : plain_(plain_programs), mutation_(mutation), programs_(kPrograms) {
  disk_.replaces_in_place = mutation == Mutation::replaces_in_place;
  for (std::uint32_t i = 0; i < kPrograms; ++i) {
    begin_process(programs_[i], i);
  }
  start();
}

void History::step(const Operation& operation) {
  ++figures_.operations;
  const auto index = static_cast<std::uint32_t>(operation.who % programs_.size());
  Program& program = programs_[index];
  const std::uint32_t detail = operation.detail;
  if (!program.alive && operation.action <= Action::hang_up) {
    return;
  }
  switch (operation.action) {
    case Action::acquire:
      return acquire(program, operation);
    case Action::release:
      return release(program, operation);
    case Action::remove:
      return remove(program, operation);
    case Action::undelete:
      return undelete(program, operation);
    case Action::sweep:
      return sweep(program, operation);
    case Action::carry_out:
      return carry_out(program, operation);
    case Action::finish:
      return finish(program, operation);
    case Action::look:
      return look(program, operation);
    case Action::steal:
      return steal(program, operation);
    case Action::hang_up:
      return hang_up(program);
    case Action::begin_process:
      return begin_process(program, index);
    case Action::end_process:
      return end_process(program, detail % 3 == 0);
    case Action::see_end:
      return see_ends();
    case Action::wait: {
      constexpr int kWaits[] = {10, 300, 1'000, 4'000, 12'000};
      return wait(std::chrono::milliseconds(kWaits[detail % std::size(kWaits)]));
    }
    case Action::stop:
      return stop();
    case Action::crash:
      return crash();
    case Action::start:
      return start();
    case Action::reboot:
      return reboot();
    case Action::set_limits:
      if (!plain_) {  // whose references must find room when they are registered again
        limits_.references_per_process = detail % 2 == 0 ? 3 : 4'096;
        limits_.references_per_user = detail % 4 == 0 ? 8 : 65'536;
        limits_.profiles_per_user = detail % 3 == 0 ? 3 : 65'536;
        model_.limits = limits_;
        if (service_) {
          service_->set_limits(limits_);
        }
      }
      return;
    case Action::fill_disk:
      disk_.full = detail % 3 != 0;
      disk_.not_replaceable = !disk_.full;
      model_.writes_left = disk_.full ? std::optional(0U) : std::nullopt;
      return;
    case Action::free_disk:
      disk_.full = disk_.not_replaceable = false;
      model_.writes_left.reset();
      return;
    case Action::fail_write:
      disk_.next_write_fails = detail;
      return;
    case Action::crash_in_write:
      disk_.dies_in_write = detail;
      return;
    case Action::damage_journal:
      return damage_journal(detail);
    case Action::try_every_cut:
      return try_every_cut(detail % 8);
  }
}

void History::acquire(Program& program, const Operation& operation) {
  const std::uint32_t slot = operation.detail % kSlots;
  const std::uint32_t luck = operation.detail >> 9 & 15;
  if (const auto use = program.uses.find(slot); use != program.uses.end()) {
    ask(program, call::Acquire{use->second.profile, use->second.reference, false, "again"});
    return;
  }
  const Use use{name_of(operation), new_uuid(), (operation.detail >> 2 & 3) == 0, false};
  const Place place = place_of(program.caller, use.profile);
  const bool marks = use.temporary && marks_.insert(place).second;
  const bool service_names_it = luck == 2 && !disk_.dies_in_write;
  const auto id = service_names_it ? std::nullopt : std::optional(use.reference);
  const Way way = luck == 0 ? Way::answer_lost : luck == 1 ? Way::notification : Way::answered;
  const auto outcome = ask(program, call::Acquire{use.profile, id, use.temporary, "label"}, way);
  const auto* result = outcome ? std::get_if<Result>(&*outcome) : nullptr;
  if (const auto* acquired = result ? std::get_if<result::Acquire>(result) : nullptr) {
    for (Program* other : living()) {
      for (const auto& [claim, claimed] : other->claims) {
        if (claimed.state == Removing::granted &&
            place_of(other->caller, claimed.profile) == place) {
          throw Discrepancy("let into " + text_of(place) + ", which claim " + claim +
                            " is deleting");
        }
      }
    }
    program.uses.insert({slot, {use.profile, acquired->reference, use.temporary, true}});
    ++figures_.references;
  } else if (outcome) {
    if (marks) {
      marks_.erase(place);
    }
  } else if (plain_) {
    program.owed.push_back(call::Release{use.reference});  // it may have arrived
  } else {
    program.uses.insert({slot, use});  // with a notice in the hive
  }
}

void History::release(Program& program, const Operation& operation) {
  const auto use = program.uses.find(operation.detail % kSlots);
  if (use == program.uses.end()) {
    const auto past = pick(all_references_, operation.detail);
    if (past != all_references_.end() &&
        std::none_of(program.uses.begin(), program.uses.end(),
                     [&](const auto& u) { return u.second.reference == past->first; })) {
      ask(program, call::Release{past->first});
    }
    return;
  }
  if (!use->second.registered) {
    contact(program);  // so that the service sees its end
  }
  const Uuid reference = use->second.reference;
  program.uses.erase(use);  // the program has logged off before it says so
  const bool lost = (operation.detail >> 9 & 15) == 0;
  const auto outcome =
      ask(program, call::Release{reference}, lost ? Way::answer_lost : Way::answered);
  if (outcome) {
    learn(program, *outcome);
  } else {
    program.owed.push_back(call::Release{reference});
  }
}

void History::remove(Program& program, const Operation& operation) {
  const std::uint32_t luck = operation.detail >> 9 & 15;
  const call::Delete call{name_of(operation)};
  const bool marks = marks_.insert(place_of(program.caller, call.profile)).second;
  const Way way = luck == 0 ? Way::answer_lost : luck == 1 ? Way::notification : Way::answered;
  const auto outcome = ask(program, call, way);
  if (!outcome) {
    program.owed.push_back(call);
    return;
  }
  learn(program, *outcome);
  if (std::holds_alternative<Refusal>(*outcome) && marks) {
    marks_.erase(place_of(program.caller, call.profile));
  }
}

void History::undelete(Program& program, const Operation& operation) {
  const call::Undelete call{name_of(operation)};
  std::erase_if(program.owed, [&](const Call& owed) {
    const auto* deletion = std::get_if<call::Delete>(&owed);
    return deletion && deletion->profile.folded() == call.profile.folded();
  });
  const auto outcome = ask(program, call);
  if (outcome && std::holds_alternative<Result>(*outcome)) {
    marks_.erase(place_of(program.caller, call.profile));
  }
}

void History::sweep(Program& program, const Operation& operation) {
  call::Sweep call;
  for (std::uint32_t i = 0; i < operation.detail % 4; ++i) {
    call.profiles.push_back(name_of({{}, 0, operation.what + i, operation.detail << i}));
  }
  const bool lost = (operation.detail >> 9 & 15) == 0;
  if (const auto outcome = ask(program, call, lost ? Way::answer_lost : Way::answered)) {
    learn(program, *outcome);
  }
}

void History::learn(Program& program, const Outcome& outcome) {
  const auto granted = [&](const Removal& removal) {
    // Told again of one that it is working on, it does the work once.
    program.claims.insert(
        {removal.claim, {std::get<ProfileName>(ProfileName::parse(removal.profile)), {}}});
  };
  const auto* result = std::get_if<Result>(&outcome);
  if (const auto* released = result ? std::get_if<result::Release>(result) : nullptr) {
    if (released->removal) {
      granted(*released->removal);
    }
  } else if (const auto* deleted = result ? std::get_if<result::Delete>(result) : nullptr) {
    if (deleted->removal) {
      granted(*deleted->removal);
    }
  } else if (const auto* swept = result ? std::get_if<result::Sweep>(result) : nullptr) {
    std::for_each(swept->removals.begin(), swept->removals.end(), granted);
  }
}

void History::carry_out(Program& program, const Operation& operation) {
  const auto claim = pick(program.claims, operation.detail);
  if (claim != program.claims.end() && claim->second.state == Removing::granted) {
    const bool fails = (operation.detail >> 9 & 15) == 0;
    claim->second.state =
        !fails && delete_profile(program, claim->first) ? Removing::deleted : Removing::kept;
  }
}

// As IProfAdmin::DeleteProfile does it: at once and whoever uses it. So nobody may.
bool History::delete_profile(Program& program, const std::string& claim) {
  const Place place = place_of(program.caller, program.claims.at(claim).profile);
  for (const bool registered : {false, true}) {
    for (const Program* other : living()) {
      for (const auto& [slot, use] : other->uses) {
        if (use.registered != registered || place_of(other->caller, use.profile) != place) {
          continue;
        }
        if (!registered && !plain_) {
          return false;  // a notice in the hive: the profile is kept
        }
        throw Discrepancy("profile " + text_of(place) + " was deleted by process " +
                          text_of(program.caller.holder.key) + " under claim " + claim +
                          " while process " + text_of(other->caller.holder.key) + " used it");
      }
    }
  }
  marks_.erase(place);
  ++figures_.removals;
  return true;
}

void History::finish(Program& program, const Operation& operation) {
  const auto claim = pick(program.claims, operation.detail);
  if (claim == program.claims.end() ||
      (claim->second.state == Removing::granted && (operation.detail >> 9 & 3) != 0)) {
    return;
  }
  if (claim->second.state == Removing::granted) {
    claim->second.state = Removing::kept;  // it thinks better of it
  }
  const bool lost = (operation.detail >> 11 & 15) == 0;
  const auto outcome =
      ask(program, call::Finish{claim->first, claim->second.state == Removing::deleted},
          lost ? Way::answer_lost : Way::answered);
  if (outcome) {
    program.claims.erase(claim->first);  // finished, or the first one arrived
  }
}

void History::look(Program& program, const Operation& operation) {
  const bool elsewhere = (operation.detail >> 4 & 3) == 0;
  const auto hive =
      elsewhere ? std::optional<std::string>(kHives[operation.detail >> 6 & 1]) : std::nullopt;
  switch (operation.detail % 4) {
    case 0:
      ask(program, call::Query{name_of(operation), hive});
      return;
    case 1:
      ask(program, call::List{elsewhere, std::nullopt});
      return;
    case 2:
      ask(program, call::List{false, hive});
      return;
    default:
      ask(program, call::Status{});
  }
}

void History::steal(Program& program, const Operation& operation) {
  const Program& other = programs_[operation.what % programs_.size()];
  const auto use = pick(other.uses, operation.detail);
  const auto claim = pick(other.claims, operation.detail);
  if (&other == &program) {
    return;
  }
  if (operation.detail % 3 == 0 && claim != other.claims.end()) {
    ask(program, call::Finish{claim->first, true});
  } else if (operation.detail % 3 == 1 && use != other.uses.end() && use->second.registered) {
    ask(program, call::Release{use->second.reference});
  } else if (use != other.uses.end() && use->second.registered && !disk_.dies_in_write) {
    ask(program, call::Acquire{use->second.profile, use->second.reference, false, "stolen"});
  }
}

void History::begin_process(Program& program, std::uint32_t index) {
  if (program.alive) {
    return;
  }
  // Pids come back, and after a reboot creation times do as well.
  program = {};
  program.alive = true;
  program.caller = {{{4'000 + index, ++last_created_[index]},
                     kHives[index % std::size(kHives)],
                     index,
                     "program.exe"},
                    index == 0};
}

void History::end_process(Program& program, bool seen_at_once) {
  if (!program.alive) {
    return;
  }
  program.alive = false;
  if (service_) {
    unseen_ends_.emplace_back(program.caller.holder.key, program.connection);
  }
  if (seen_at_once) {
    see_ends();
  }
}

std::vector<History::Program*> History::living() {
  std::vector<Program*> living;
  for (Program& program : programs_) {
    if (program.alive) {
      living.push_back(&program);
    }
  }
  return living;
}

Uuid History::new_uuid() {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012u", ++last_uuid_);
  return uuid_from_text(text).value();
}

}  // namespace profile_broker::history
