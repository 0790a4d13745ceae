// Results and events: from the wire to types, for the client (messages.h). Nothing is taken on
// trust: another type than the protocol's is a nothing, never an exception.
#include <utility>

#include "proto/json_scanner.h"
#include "proto/messages.h"

namespace profile_broker {
namespace {

// Kept for a reason that is newer than this program: not told.
struct KeptForAnyReason {
  std::string profile;
  std::string reason;
};

}  // namespace

// Found by the readers of json_scanner.h, so not in the unnamed namespace.
static void read(JsonScanner& json, WallTime& time) {
  std::string text;
  json.string(text);
  time = timestamp_from_text(text).value_or(WallTime{});
}

static void read(JsonScanner& json, Uuid& uuid) {
  std::string text;
  json.string(text);
  if (const auto read = uuid_from_text(text)) {
    uuid = *read;
  } else {
    json.fail();
  }
}

static void read(JsonScanner& json, Removal& r) {
  json.object({needed("claim", r.claim), needed("profile", r.profile)});
}

static void read(JsonScanner& json, RemoverReport& r) {
  json.object({needed("process", r.process), needed("session", r.session), needed("image", r.image),
               needed("since", r.since)});
}

static void read(JsonScanner& json, HolderReport& r) {
  json.object({needed("process", r.process), needed("session", r.session), needed("image", r.image),
               needed("since", r.since), needed("label", r.label)});
}

// A remover is absent in the answers of a service that is older than this member.
static void read(JsonScanner& json, ProfileReport& r) {
  json.object({possible("hive", r.hive), needed("profile", r.profile),
               needed("references", r.references), needed("temporary", r.temporary),
               needed("deletionDeferred", r.deletion_deferred),
               needed("beingRemoved", r.being_removed), needed("holders", r.holders),
               possible("remover", r.remover)});
}

static void read(JsonScanner& json, KeptForAnyReason& kept) {
  json.object({needed("profile", kept.profile), needed("reason", kept.reason)});
}

static void read(JsonScanner& json, std::vector<Kept>& all) {
  json.array([&] {
    KeptForAnyReason kept;
    read(json, kept);
    if (const auto reason = kept_reason_from_word(kept.reason)) {
      all.push_back({std::move(kept.profile), *reason});
    }
  });
}

static void read(JsonScanner& json, result::Hello& r) {
  json.object({needed("version", r.version), needed("instance", r.instance), needed("hive", r.hive),
               needed("session", r.session), needed("process", r.process),
               needed("elevated", r.elevated)});
}

static void read(JsonScanner& json, result::Acquire& r) {
  json.object({needed("reference", r.reference), needed("references", r.references),
               needed("temporary", r.temporary), needed("deletionDeferred", r.deletion_deferred)});
}

static void read(JsonScanner& json, result::Release& r) {
  json.object({needed("references", r.references), needed("removal", r.removal)});
}

static void read(JsonScanner& json, result::Query& r) {
  read(json, r.report);
}

static void read(JsonScanner& json, result::List& r) {
  json.object({needed("profiles", r.profiles)});
}

static void read(JsonScanner& json, result::Delete& r) {
  json.object({needed("deferred", r.deferred), needed("removal", r.removal)});
}

static void read(JsonScanner& json, result::Sweep& r) {
  json.object({needed("removals", r.removals), needed("kept", r.kept)});
}

static void read(JsonScanner& json, result::Status::OldestClaim& r) {
  json.object({needed("hive", r.hive), needed("profile", r.profile),
               needed("process", r.remover.process), needed("session", r.remover.session),
               needed("image", r.remover.image), needed("since", r.remover.since)});
}

static void read_counts(JsonScanner& json, result::Status& r) {
  json.object({needed("profiles", r.profiles), needed("references", r.references),
               needed("processes", r.processes), needed("claims", r.claims),
               needed("hives", r.hives), needed("connections", r.connections),
               needed("subscribers", r.subscribers)});
}

static void read_journal(JsonScanner& json, result::Status& r) {
  std::optional<std::string> error;
  json.object({needed("writable", r.journal_writable), needed("bytes", r.journal_bytes),
               needed("records", r.journal_records),
               needed("damagedLines", r.journal_damaged_lines), needed("error", error)});
  r.journal_error = error.value_or("");
}

// The time of recovery came after the others.
static void read_limits(JsonScanner& json, result::Status& r) {
  json.object({needed("connections", r.connections_total),
               needed("connectionsPerUser", r.connections_per_user),
               needed("silentConnectionsPerUser", r.silent_connections_per_user),
               needed("referencesPerProcess", r.references_per_process),
               needed("referencesPerUser", r.references_per_user),
               needed("profilesPerUser", r.profiles_per_user),
               possible("recoverySeconds", r.recovery_seconds)});
}

static void read(JsonScanner& json, result::Status& r) {
  json.object({needed("version", r.version), needed("instance", r.instance),
               needed("started", r.started), needed("uptime", r.uptime_seconds),
               needed("recovering", r.recovering), needed<read_counts>("counts", r),
               possible("oldestClaim", r.oldest_claim), needed<read_journal>("journal", r),
               needed<read_limits>("limits", r)});
}

// Results without members.
static void read(JsonScanner& json, result::Undelete&) {
  json.skip();
}
static void read(JsonScanner& json, result::Finish&) {
  json.skip();
}
static void read(JsonScanner& json, result::Subscribe&) {
  json.skip();
}

template <typename R>
std::optional<R> read_result(std::string_view text) {
  JsonScanner json(text);
  R result;
  read(json, result);
  return json.succeeded() ? std::optional(std::move(result)) : std::nullopt;
}

template std::optional<result::Hello> read_result(std::string_view);
template std::optional<result::Acquire> read_result(std::string_view);
template std::optional<result::Release> read_result(std::string_view);
template std::optional<result::Query> read_result(std::string_view);
template std::optional<result::List> read_result(std::string_view);
template std::optional<result::Delete> read_result(std::string_view);
template std::optional<result::Undelete> read_result(std::string_view);
template std::optional<result::Sweep> read_result(std::string_view);
template std::optional<result::Finish> read_result(std::string_view);
template std::optional<result::Status> read_result(std::string_view);
template std::optional<result::Subscribe> read_result(std::string_view);

static void read(JsonScanner& json, EventKind& kind) {
  std::string word;
  json.string(word);
  const auto known = event_kind_from_word(word);
  if (known) {
    kind = *known;
  } else {
    json.fail();
  }
}

std::optional<Event> read_event(std::string_view params) {
  JsonScanner json(params);
  Event event;
  json.object({needed("sequence", event.sequence), needed("time", event.time),
               needed("event", event.kind), needed("hive", event.hive),
               needed("profile", event.profile), possible("process", event.process),
               possible("session", event.session), possible("reference", event.reference)});
  return json.succeeded() ? std::optional(std::move(event)) : std::nullopt;
}

}  // namespace profile_broker
