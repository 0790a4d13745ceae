// Decides: what a caller may do, what a call does to the table, what is answered. All authorisation
// of the service is here. Pure: the clock's reading, new UUIDs, the journal and the process watch
// are brought in, so that a test can play years of a terminal server in a second. It owns the
// promise that no claim is granted for a profile with a live reference; it never grants one while
// recovering, stopping, unable to remember it, or with nobody to read the answer.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "proto/messages.h"
#include "service/client_identity.h"
#include "service/event_feed.h"
#include "service/leftovers.h"
#include "service/live_profile.h"
#include "service/log_event.h"
#include "service/reference_table.h"
#include "service/service_limits.h"

namespace profile_broker::service {

struct Moment {
  WallTime wall{};                  // for people
  std::chrono::milliseconds up{0};  // since the service started; never jumps
};

// Remembers changes across a restart. False: it could not, and the change is not remembered.
class ChangeKeeper {
 public:
  virtual bool keep(const Change& change) = 0;
  // What is remembered may not be what is the case: memory ran out between the two. It must be
  // remembered anew, from the table, before the next change.
  virtual void distrust() noexcept {}

 protected:
  ~ChangeKeeper() = default;
};

// Sees to it that Dispatcher::process_ended is called when a holder's process ends.
class HolderWatch {
 public:
  virtual void watch(const ProcessKey& process) = 0;

 protected:
  ~HolderWatch() = default;
};

using ConnectionId = std::uint64_t;

// What a connection knows of its caller from its last call: the process's entry in the table, null
// when it held nothing, as long as no process has come or gone.
struct Acquaintance {
  const Process* process = nullptr;
  std::uint64_t as_of = 0;
};

// Where a call came from.
struct Origin {
  const Caller& caller;  // borrowed
  ConnectionId connection = 0;
  bool answered = true;                   // false for a notification: nobody would learn of a claim
  EventSubscriber* subscriber = nullptr;  // borrowed; who broker/subscribe subscribes
  Acquaintance* acquaintance = nullptr;   // borrowed; the connection's, of one caller only
};

struct ServiceFacts {
  std::string version;
  std::string instance;
  WallTime started{};
};

class Dispatcher {
 public:
  struct Surroundings {
    ReferenceTable& table;
    ChangeKeeper& journal;
    HolderWatch& holders;
    EventFeed& events;
    std::function<Uuid()> new_uuid;
    // What only others know: the connections of one account (or of all), the journal.
    std::function<void(result::Status&, const std::optional<std::string>& user)> add_status;
    // What an administrator should hear of.
    std::function<void(const LogEvent&)> report = [](const LogEvent&) {};
  };

  Dispatcher(Surroundings surroundings, ServiceFacts facts, ServiceLimits limits);

  // A query's result stands in the table and in the call, and is to be read before the next one.
  using Outcome = std::variant<Result, LiveProfile, Refusal>;
  // What it keeps of call it takes over.
  Outcome handle(const Origin& origin, Call&& call, Moment now);

  // Whatever memory is left, what the process held ends.
  void process_ended(const ProcessKey& process, Moment now) noexcept;
  // A holder from the journal has ended while the service was away, and is about to be dropped.
  void note_lost_holder(const Process& process) { leftovers_.note_end_of(process); }
  // A claim whose answer may have been lost with its connection is given again when its process
  // asks again.
  void connection_closed(ConnectionId connection);

  void set_recovering(bool recovering) { recovering_ = recovering; }
  bool recovering() const { return recovering_; }
  void set_stopping() { stopping_ = true; }
  void set_limits(const ServiceLimits& limits) { limits_ = limits; }

 private:
  struct Request;  // one call on its way: origin and moment

  Outcome on(const Request& request, const call::Hello& call);
  Outcome on(const Request& request, call::Acquire& call);
  Outcome on(const Request& request, call::Release& call);
  Outcome on(const Request& request, const call::Query& call);
  Outcome on(const Request& request, const call::List& call);
  Outcome on(const Request& request, const call::Delete& call);
  Outcome on(const Request& request, const call::Undelete& call);
  Outcome on(const Request& request, const call::Sweep& call);
  Outcome on(const Request& request, const call::Finish& call);
  Outcome on(const Request& request, const call::Status& call);
  Outcome on(const Request& request, const call::Subscribe& call);

  // The caller's process in the table, or why it is not served.
  std::variant<const Process*, Refusal> process_of(const Origin& origin) const;
  // The hive that a read may look at (nothing: all), or why not. Of the request or of hive.
  std::variant<std::optional<std::string_view>, Refusal> scope(
      const Request& request, bool all, const std::optional<std::string>& hive) const;
  // hive and profile: the caller's and the one that it asks for, null when unknown.
  std::optional<Refusal> check_acquire(const Request& request, const call::Acquire& call,
                                       const Hive* hive, const Profile* profile) const;

  // Tells the administrator; the refusal is for the caller.
  Refusal exceeded(const Request& request, const std::string& what, std::string_view setting,
                   std::uint32_t limit) const;
  bool may_grant(const Request& request) const;
  Uuid unused_uuid() const;
  std::optional<Removal> grant(const Request& request, const ProfileName& name,
                               const std::optional<Uuid>& released = std::nullopt);
  // The claim that this process holds already, when the connection that it was granted on is gone.
  std::optional<Removal> grant_again(const Request& request, const Claim& claim);

  bool record(const Change& change);                  // false: not remembered, hence not done
  void record_anyway(const Change& change) noexcept;  // done, remembered as soon as the journal can
                                                      // be written again
  bool know_process(const Request& request);
  std::vector<Event> news_of_end(const Process& ended, Moment now) const;

  void publish(const Request& request, EventKind kind, std::string_view profile,
               const std::optional<Uuid>& reference = std::nullopt);

  Surroundings with_;
  ServiceFacts facts_;
  ServiceLimits limits_;
  bool recovering_ = false;
  bool stopping_ = false;
  std::unordered_map<std::string, ConnectionId>
      granted_on_;  // claims whose connection is still open
  Leftovers leftovers_;
  std::unordered_map<std::string, std::string>
      leftover_claims_;  // claims on leftovers, with who left them
};

}  // namespace profile_broker::service
