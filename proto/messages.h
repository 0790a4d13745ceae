// The methods of the protocol as types: what a call says, what its result says. Text to type and
// back for both ends (calls.cpp, results.cpp, read_results.cpp); what a call does is the
// dispatcher's. Every name here is the wire's name in C++ spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/error_codes.h"
#include "proto/json_reader.h"
#include "proto/profile_name.h"
#include "proto/timestamp.h"
#include "proto/uuid.h"

namespace profile_broker {

class JsonWriter;

namespace call {

struct Hello {
  std::optional<std::int64_t> protocol;
  std::string client;  // for the log
};
struct Acquire {
  ProfileName profile;
  std::optional<Uuid> reference;
  bool temporary = false;
  std::string label;
};
struct Release {
  Uuid reference;
  std::string instead{};  // what was said when that was no UUID; empty else
};
struct Query {
  ProfileName profile;
  std::optional<std::string> hive;
};
struct List {
  bool all = false;
  std::optional<std::string> hive;
};
struct Delete {
  ProfileName profile;
};
struct Undelete {
  ProfileName profile;
};
struct Sweep {
  std::vector<ProfileName> profiles;
};
struct Finish {
  std::string claim;
  bool removed = false;
};
struct Status {};
struct Subscribe {
  bool all = false;
  std::optional<std::string> hive;
};

}  // namespace call

using Call =
    std::variant<call::Hello, call::Acquire, call::Release, call::Query, call::List, call::Delete,
                 call::Undelete, call::Sweep, call::Finish, call::Status, call::Subscribe>;

// The service's side: method_not_found, bad_params, bad_name or name_too_long, each naming the
// member.
std::variant<Call, Refusal> read_call(std::string_view method, const Json& params);

// The client's side: the method's name and its parameters.
std::string_view method_of(const Call& call);
OrderedJson params_of(const Call& call);

// A granted removal: the claim to finish, and the profile as first spelled.
struct Removal {
  std::string claim;
  std::string profile;
};

enum class KeptReason { in_use, being_removed, recovering };

std::string_view word_of(KeptReason reason);
std::optional<KeptReason> kept_reason_from_word(std::string_view word);

struct Kept {
  std::string profile;
  KeptReason reason;
};

struct HolderReport {
  std::uint32_t process = 0;
  std::uint32_t session = 0;
  std::string image;
  WallTime since{};
  std::string label;
};

// The process that has a profile's claim, so that somebody can look after one that does not finish.
struct RemoverReport {
  std::uint32_t process = 0;
  std::uint32_t session = 0;
  std::string image;
  WallTime since{};  // when it was granted
};

struct ProfileReport {
  std::string hive;  // written by profile/list only
  std::string profile;
  std::uint32_t references = 0;
  bool temporary = false;
  bool deletion_deferred = false;
  bool being_removed = false;
  std::vector<HolderReport> holders;
  std::optional<RemoverReport> remover;  // there while being_removed
};

namespace result {

struct Hello {
  std::string version;
  std::string instance;
  std::string hive;
  std::uint32_t session = 0;
  std::uint32_t process = 0;
  bool elevated = false;
};
struct Acquire {
  Uuid reference;
  std::uint32_t references = 0;
  bool temporary = false;
  bool deletion_deferred = false;
};
struct Release {
  std::uint32_t references = 0;
  std::optional<Removal> removal;
};
struct Query {
  ProfileReport report;
};
struct List {
  std::vector<ProfileReport> profiles;
};
struct Delete {
  bool deferred = false;
  std::optional<Removal> removal;
};
struct Undelete {};
struct Sweep {
  std::vector<Removal> removals;
  std::vector<Kept> kept;
};
struct Finish {};
struct Status {
  std::string version;
  std::string instance;
  WallTime started{};
  double uptime_seconds = 0;
  bool recovering = false;
  // Of the caller's hive; of the whole machine for administrators.
  std::uint64_t profiles = 0;
  std::uint64_t references = 0;
  std::uint64_t processes = 0;
  std::uint64_t claims = 0;
  std::uint64_t hives = 0;
  std::uint64_t connections = 0;
  std::uint64_t subscribers = 0;
  // The claim that is held for the longest time: of the caller's hive, of the whole machine for
  // administrators.
  struct OldestClaim {
    std::string hive;
    std::string profile;
    RemoverReport remover;
  };
  std::optional<OldestClaim> oldest_claim;
  // The journal: whether it can be written, its size, and what was found damaged at the last start.
  bool journal_writable = false;
  std::uint64_t journal_bytes = 0;
  std::uint64_t journal_records = 0;
  std::uint64_t journal_damaged_lines = 0;
  std::string journal_error;
  // Limits in force.
  std::uint32_t connections_per_user = 0;
  std::uint32_t silent_connections_per_user = 0;
  std::uint32_t connections_total = 0;
  std::uint32_t references_per_process = 0;
  std::uint32_t references_per_user = 0;
  std::uint32_t profiles_per_user = 0;
  std::uint32_t recovery_seconds = 0;  // of the next start
};
struct Subscribe {};

}  // namespace result

using Result = std::variant<result::Hello, result::Acquire, result::Release, result::Query,
                            result::List, result::Delete, result::Undelete, result::Sweep,
                            result::Finish, result::Status, result::Subscribe>;

// The service's side: the result as JSON text.
std::string result_text(const Result& result);
void write_result(JsonWriter& json, const Result& result);

// The client's side; nothing when the service's JSON is not what the protocol says.
template <typename R>
std::optional<R> read_result(std::string_view json);

enum class EventKind {
  acquired,
  released,
  temporary,
  deferred,
  undeleted,
  claimed,
  removed,
  kept,
  process_ended,
  journal_failed,    // of the service itself, told to every subscriber; without hive and profile
  journal_restored,  // the same
  overflow,
};

std::string_view word_of(EventKind kind);
std::optional<EventKind> event_kind_from_word(std::string_view word);

// One notification broker/event.
struct Event {
  std::uint64_t sequence = 0;
  WallTime time{};
  EventKind kind{};
  std::string hive;
  std::string profile;
  std::optional<std::uint32_t> process;
  std::optional<std::uint32_t> session;
  std::optional<Uuid> reference;
};

inline constexpr std::string_view kEventMethod = "broker/event";

OrderedJson params_of(const Event& event);
std::optional<Event> read_event(std::string_view params);

}  // namespace profile_broker
