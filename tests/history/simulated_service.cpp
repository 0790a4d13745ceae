// Starting, stopping and breaking (simulated_service.h).
#include "tests/history/simulated_service.h"

#include "tests/service/kept_outcome.h"

namespace profile_broker::history {
using namespace std::chrono_literals;
using namespace profile_broker::service;

const std::vector<MutationName>& all_mutations() {
  static const std::vector<MutationName> kAll = {
      {Mutation::journal_drops_changes, "journal_drops_changes"},
      {Mutation::answers_before_journal, "answers_before_journal"},
      {Mutation::forgets_claims, "forgets_claims"},
      {Mutation::forgets_undeletes, "forgets_undeletes"},
      {Mutation::hides_deaths, "hides_deaths"},
      {Mutation::believes_pids, "believes_pids"},
      {Mutation::believes_other_boots, "believes_other_boots"},
      {Mutation::skips_recovery, "skips_recovery"},
      {Mutation::stop_hides_recovery, "stop_hides_recovery"},
      {Mutation::keeps_connections, "keeps_connections"},
      {Mutation::forgives_write_errors, "forgives_write_errors"},
      {Mutation::hides_damage, "hides_damage"},
      {Mutation::replaces_in_place, "replaces_in_place"},
  };
  return kAll;
}

SimulatedService::SimulatedService(const Machine& machine, const ServiceLimits& limits,
                                   std::chrono::milliseconds now)
    : machine_(machine),
      journal_(
          machine.disk, table_, machine.log,
          [boot = machine.boot] {
            return JournalOpened{1, "1.0", "instance", boot(), {}};
          },
          machine.small_journal, 2),
      replayed_(replay()),
      dispatcher_({table_, *this, *this, events_, machine.new_uuid,
                   [this](result::Status& status, const std::optional<std::string>&) {
                     status.journal_writable = journal_.writable();
                   }},
                  {"1.0", "instance", {}}, limits),
      next_retry_(now + 1s) {
  const bool any_boot = machine_.mutation == Mutation::believes_other_boots;
  replayed_.other_boot = replayed_.other_boot && !any_boot;
  const Recovery recovery = recover(table_, replayed_, [&](const ProcessKey& key) {
    const bool runs = machine_.runs(key);
    if (runs) {
      watched_.insert(key);
    }
    return runs;
  });
  if (recovery.needs_time && machine_.mutation != Mutation::skips_recovery) {
    dispatcher_.set_recovering(true);
    recovery_ends_ = now + limits.recovery_time;
  }
  journal_.begin_run(recovery.ended);
}

Replayed SimulatedService::replay() {
  if (machine_.mutation == Mutation::hides_damage) {
    std::string good;
    const std::string& all = machine_.disk.content;
    for (std::size_t begin = 0; begin < all.size();) {
      const auto end = std::min(all.find('\n', begin), all.size());
      if (read_journal_line(std::string_view(all).substr(begin, end - begin))) {
        good.append(all, begin, end - begin + 1);
      }
      begin = end + 1;
    }
    machine_.disk.content = good;
  }
  return std::get<Replayed>(journal_.replay_into(table_));
}

Dispatcher::Outcome SimulatedService::handle(const Origin& origin, const Call& call,
                                             std::chrono::milliseconds now) {
  return service::kept(dispatcher_.handle(origin, Call(call), {WallTime{} + now, now}));
}

void SimulatedService::connection_closed(ConnectionId connection) {
  if (machine_.mutation != Mutation::keeps_connections) {
    dispatcher_.connection_closed(connection);
  }
}

void SimulatedService::process_ended(const ProcessKey& process, std::chrono::milliseconds now) {
  if (watched_.erase(process) > 0 && machine_.mutation != Mutation::hides_deaths) {
    dispatcher_.process_ended(process, {WallTime{} + now, now});
  }
}

void SimulatedService::time_passes(std::chrono::milliseconds now) {
  if (now >= next_retry_) {
    journal_.retry();
    next_retry_ = now + 1s;
  }
  if (recovery_ends_ && now >= *recovery_ends_) {
    dispatcher_.set_recovering(false);
    recovery_ends_.reset();
  }
}

void SimulatedService::stop() {
  dispatcher_.set_stopping();
  const bool hidden = machine_.mutation == Mutation::stop_hides_recovery;
  close_journal(journal_, dispatcher_.recovering() && !hidden, {});
}

bool SimulatedService::keep(const Change& change) {
  ++changes_;
  switch (machine_.mutation) {
    case Mutation::journal_drops_changes:
      return changes_ % 7 == 0 || journal_.keep(change);
    case Mutation::answers_before_journal:
      held_back_.push_back(change);
      return held_back_.size() == 1 || journal_.keep(*(held_back_.end() - 2));
    case Mutation::forgets_claims:
      return std::holds_alternative<change::Claimed>(change) || journal_.keep(change);
    case Mutation::forgets_undeletes:
      return std::holds_alternative<change::Undeleted>(change) || journal_.keep(change);
    case Mutation::forgives_write_errors:
      journal_.keep(change);
      return true;
    default:
      return journal_.keep(change);
  }
}

std::string text_of(const Dispatcher::Outcome& outcome) {
  struct Words {
    std::string operator()(const result::Hello&) const { return "hello"; }
    std::string operator()(const result::Subscribe&) const { return "subscribed"; }
    std::string operator()(const result::Undelete&) const { return "undeleted"; }
    std::string operator()(const result::Finish&) const { return "finished"; }
    std::string operator()(const result::Acquire& r) const {
      return "acquired, references " + std::to_string(r.references) +
             (r.temporary ? " temporary" : "") + (r.deletion_deferred ? " deferred" : "");
    }
    std::string operator()(const result::Release& r) const {
      return "released, references " + std::to_string(r.references) +
             (r.removal ? ", claim " + r.removal->claim : "");
    }
    std::string operator()(const result::Delete& r) const {
      return r.deferred ? (r.removal ? "deferred, and a claim" : "deferred")
                        : "claim " + (r.removal ? r.removal->claim : "");
    }
    std::string operator()(const result::Sweep& r) const {
      std::vector<std::string> said;
      for (const auto& removal : r.removals) {
        said.push_back(removal.profile + " claim " + removal.claim);
      }
      for (const auto& kept : r.kept) {
        said.push_back(kept.profile + (kept.reason == KeptReason::in_use ? " kept inUse"
                                       : kept.reason == KeptReason::being_removed
                                           ? " kept beingRemoved"
                                           : " kept recovering"));
      }
      std::sort(said.begin(), said.end());
      std::string text = "swept";
      for (const auto& one : said) {
        text += "; " + one;
      }
      return text;
    }
    std::string operator()(const result::Query& r) const {
      return "usage of " + r.report.profile + ": " + usage(r.report);
    }
    std::string operator()(const result::List& r) const {
      std::string text = "list";
      for (const auto& report : r.profiles) {
        text += "; " + report.hive + ' ' + report.profile + ' ' + usage(report);
      }
      return text;
    }
    std::string operator()(const result::Status& r) const {
      return "status: " + std::to_string(r.profiles) + " profiles, " +
             std::to_string(r.references) + " references, " + std::to_string(r.processes) +
             " processes, " + std::to_string(r.claims) + " claims" +
             (r.recovering ? ", recovering" : "") + (r.journal_writable ? "" : ", cannot write");
    }
    static std::string usage(const ProfileReport& report) {
      return std::to_string(report.references) +
             (report.holders.size() == report.references ? "" : " but other holders") +
             (report.temporary ? " temporary" : "") +
             (report.deletion_deferred ? " deferred" : "") +
             (report.being_removed ? " being removed" : "");
    }
  };
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    return "refused " + std::string(facts_of(refusal->reason).word);
  }
  return std::visit(Words{}, std::get<Result>(outcome));
}

std::string text_of(const Event& event) {
  return std::string(word_of(event.kind)) + ' ' + event.hive + ' ' + event.profile + ' ' +
         std::to_string(event.process.value_or(0));
}

}  // namespace profile_broker::history
