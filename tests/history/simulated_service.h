// The real table, journal, recovery and dispatcher, put together as service/broker_service.cpp puts
// them together, with an operating system that is simulated: the disk, the clock and the processes
// that run. One object is one run of the service; destroying it is kill -9. A mutation breaks one
// promise at a seam between the parts, so that tests can show that somebody notices.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "service/dispatcher.h"
#include "service/journal.h"
#include "service/recovery.h"
#include "tests/history/simulated_disk.h"

namespace profile_broker::history {

using service::ProcessKey;

enum class Mutation {
  none,
  journal_drops_changes,   // one of seven is not written
  answers_before_journal,  // each change is written when the next one comes
  forgets_claims,          // claims are not written
  forgets_undeletes,       // what somebody took back is not written
  hides_deaths,            // the end of a process is not told
  believes_pids,           // after a restart a process is known by its pid alone
  believes_other_boots,    // after a reboot holders of the last boot are looked up
  skips_recovery,          // claims are granted at once after a crash
  stop_hides_recovery,     // a stop within the recovery time counts as a stop in order
  keeps_connections,       // the end of a connection is not told
  forgives_write_errors,   // a write that failed counts as written
  hides_damage,            // damaged lines are skipped silently
  replaces_in_place,       // a crash while the journal is replaced leaves half of it
};

struct MutationName {
  Mutation mutation;
  std::string_view word;
};
const std::vector<MutationName>& all_mutations();

class SimulatedService final : public service::ChangeKeeper, public service::HolderWatch {
 public:
  struct Machine {
    SimulatedDisk& disk;
    service::Log& log;
    std::function<bool(const ProcessKey&)> runs;
    std::function<std::string()> boot;
    std::function<Uuid()> new_uuid;
    Mutation mutation = Mutation::none;
    // So that a history of a few hundred steps has its journal shortened now and then.
    std::uint64_t small_journal = 25;
  };

  // Starts; may die in it (ServiceDied).
  SimulatedService(const Machine& machine, const service::ServiceLimits& limits,
                   std::chrono::milliseconds now);

  service::Dispatcher::Outcome handle(const service::Origin& origin, const Call& call,
                                      std::chrono::milliseconds now);
  void connection_closed(service::ConnectionId connection);
  // A process has ended; the dispatcher hears of it if it asked to.
  void process_ended(const ProcessKey& process, std::chrono::milliseconds now);
  // The service's timers: once a second the journal is tried again, recovery ends.
  void time_passes(std::chrono::milliseconds now);
  void stop();

  const service::ReferenceTable& table() const { return table_; }
  const service::Journal& journal() const { return journal_; }
  const service::Replayed& replayed() const { return replayed_; }
  const service::Dispatcher& dispatcher() const { return dispatcher_; }
  service::EventFeed& events() { return events_; }
  void set_limits(const service::ServiceLimits& limits) { dispatcher_.set_limits(limits); }
  bool watches(const ProcessKey& process) const { return watched_.contains(process); }
  std::optional<std::chrono::milliseconds> recovery_ends() const { return recovery_ends_; }

 private:
  bool keep(const service::Change& change) override;
  void watch(const ProcessKey& process) override { watched_.insert(process); }
  service::Replayed replay();

  Machine machine_;
  service::ReferenceTable table_;
  service::EventFeed events_;
  service::Journal journal_;
  std::set<ProcessKey> watched_;
  std::vector<service::Change> held_back_;  // by a mutation
  unsigned changes_ = 0;
  service::Replayed replayed_;
  service::Dispatcher dispatcher_;
  std::optional<std::chrono::milliseconds> recovery_ends_;
  std::chrono::milliseconds next_retry_;
};

// "acquired, references 2 temporary": the real answer in the model's words.
std::string text_of(const service::Dispatcher::Outcome& outcome);
// "acquired S-1-5-21-1 Alpha 4001".
std::string text_of(const Event& event);

}  // namespace profile_broker::history
