// One history of a terminal server: programs of three accounts in their sessions, the hives that
// they delete profiles from, and the service, which dies and starts again. After every step the
// service's answer, its events, its table and its counters must be the model's, and two promises
// are watched without any model: a profile that a program uses is never deleted, and nobody is let
// into a profile that is being deleted. At the end of a history everybody leaves, and what was to
// be deleted must be gone.
//
// The programs keep to proto/protocol.md. In every second history they also keep notices in the
// hive, as the client library does, and so may use profiles while the service is away; the others
// ("plain" ones) use nothing before the service has answered.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/history/operation.h"
#include "tests/history/reference_model.h"
#include "tests/history/simulated_disk.h"
#include "tests/history/simulated_service.h"

namespace profile_broker::history {

// What should not be. what() says it.
struct Discrepancy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Figures {
  std::uint64_t operations = 0;
  std::uint64_t calls = 0;
  std::uint64_t crashes = 0;
  std::uint64_t crashes_in_write = 0;
  std::uint64_t starts = 0;
  std::uint64_t damages = 0;
  std::uint64_t cuts =
      0;  // journals read back that were cut or flipped somewhere in the last record
  std::uint64_t references = 0;
  std::uint64_t references_regained = 0;  // lost with damaged lines, registered again in time
  std::uint64_t removals = 0;

  Figures& operator+=(const Figures& other);
};

class History final : public service::EventSubscriber {
 public:
  History(bool plain_programs, Mutation mutation);

  // Throw Discrepancy.
  void step(const Operation& operation);
  void end();

  const Figures& figures() const { return figures_; }

 private:
  struct Use {
    ProfileName profile;
    Uuid reference;
    bool temporary = false;
    bool registered = false;  // the service has answered; else a notice in the hive tells of it
  };
  enum class Removing { granted, deleted, kept };
  struct Claimed {
    ProfileName profile;
    Removing state = Removing::granted;
  };
  struct Program {
    Caller caller;
    bool alive = false;
    ConnectionId connection = 0;
    std::uint64_t instance = 0;  // the run of the service that it last spoke to
    std::map<std::uint32_t, Use> uses;
    std::map<std::string, Claimed> claims;
    std::vector<Call> owed;  // requests whose answers did not come
  };
  // What the journal may hold when the service has gone in the middle of something: each profile is
  // as in one of these, or between two of them.
  using Doubt = std::vector<ReferenceModel>;
  using Outcome = service::Dispatcher::Outcome;
  enum class Way { answered, answer_lost, notification };

  // history.cpp: what programs do
  void acquire(Program& program, const Operation& operation);
  void release(Program& program, const Operation& operation);
  void remove(Program& program, const Operation& operation);
  void undelete(Program& program, const Operation& operation);
  void sweep(Program& program, const Operation& operation);
  void carry_out(Program& program, const Operation& operation);
  void finish(Program& program, const Operation& operation);
  void look(Program& program, const Operation& operation);
  void steal(Program& program, const Operation& operation);
  void begin_process(Program& program, std::uint32_t index);
  void end_process(Program& program, bool seen_at_once);
  void learn(Program& program, const Outcome& outcome);
  bool delete_profile(Program& program, const std::string& claim);

  // history_calls.cpp: how their calls go, and the comparison
  std::optional<Outcome> ask(Program& program, const Call& call, Way way = Way::answered);
  bool contact(Program& program);
  void contact_everybody();
  std::optional<Outcome> carry(Program& program, const Call& call, bool answered);
  void hang_up(Program& program);
  void see_end(const ProcessKey& process, ConnectionId connection);
  void see_ends();
  void adopt(const ReferenceModel& before, ReferenceModel model);
  void compare(const std::string& what, const std::string& answer, const std::string& expected);
  void require_same_table(const std::string& when) const;
  void deliver(const Event& event) noexcept override;

  // history_service.cpp: what happens to the service
  void start();
  void stop();
  void lose_service(Doubt doubt);
  void crash();
  void die_rewriting(const std::string& content_before);
  void wait(std::chrono::milliseconds time);
  void reboot();
  void damage_journal(std::uint32_t how);
  void try_every_cut(std::uint32_t bit);
  void check_restart(unsigned warnings_before);
  void check_undamaged(const ReferenceModel& found) const;
  void check_damaged(const ReferenceModel& found, bool said) const;
  bool runs(const ProcessKey& key) const;

  Uuid new_uuid();
  std::vector<Program*> living();

  class Remembered final : public service::Log {
   public:
    void report(const service::LogEvent& event) noexcept override;
    void debug(std::string_view) noexcept override {}
    unsigned warnings = 0;
  };

  const bool plain_;
  const Mutation mutation_;
  Figures figures_;
  std::chrono::milliseconds now_{0};
  std::vector<Program> programs_;
  std::vector<std::pair<ProcessKey, ConnectionId>> unseen_ends_;
  std::set<Place> marks_;  // in the hives: what is to be deleted
  // Whose each reference ever was: one that was lost with a damaged line can become somebody
  // else's.
  std::map<Uuid, std::set<std::pair<ProcessKey, Place>>> all_references_;
  std::set<std::string> all_claims_;
  unsigned last_uuid_ = 0;
  ConnectionId last_connection_ = 0;
  std::map<std::uint32_t, std::uint64_t> last_created_;  // by program
  unsigned boot_ = 1;

  SimulatedDisk disk_;
  Remembered log_;
  service::ServiceLimits limits_;
  std::unique_ptr<SimulatedService> service_;
  std::uint64_t run_ = 0;
  ReferenceModel model_;
  std::optional<Doubt> unsaved_;   // since when the journal cannot be written
  Doubt doubt_{ReferenceModel{}};  // while the service is away
  bool in_order_ = true;           // how it went
  bool recovery_unfinished_ = false;
  bool rebooted_ = false;
  Damage damage_ = Damage::none;
  std::optional<std::chrono::milliseconds> recovery_until_;
  std::vector<std::string> heard_;
  std::uint64_t last_sequence_ = 0;
};

// The service's table in the model's terms.
ReferenceModel model_of(const service::ReferenceTable& table);

}  // namespace profile_broker::history
