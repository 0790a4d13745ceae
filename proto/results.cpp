// Results and events: from types to the wire for the service, from the wire to types for the client
// (messages.h). The client's readers take nothing on trust: another type than the protocol's is a
// nothing, never an exception.
#include <array>
#include <utility>

#include "proto/limits.h"
#include "proto/messages.h"
#include "proto/quick_result.h"

namespace profile_broker {
namespace {

constexpr std::string_view kServiceName = "MapiProfileBroker";

constexpr std::array<std::string_view, 12> kEventWords = {
    "acquired", "released", "temporary",    "deferred",      "undeleted",       "claimed",
    "removed",  "kept",     "processEnded", "journalFailed", "journalRestored", "overflow"};
constexpr std::array<std::string_view, 3> kKeptWords = {"inUse", "beingRemoved", "recovering"};

OrderedJson json_of(const std::optional<Removal>& removal) {
  if (!removal) {
    return nullptr;
  }
  return {{"claim", removal->claim}, {"profile", removal->profile}};
}

OrderedJson json_of(const RemoverReport& remover) {
  return {{"process", remover.process},
          {"session", remover.session},
          {"image", remover.image},
          {"since", timestamp_text(remover.since)}};
}

OrderedJson json_of(const std::optional<result::Status::OldestClaim>& claim) {
  if (!claim) {
    return nullptr;
  }
  OrderedJson json = {{"hive", claim->hive}, {"profile", claim->profile}};
  json.update(json_of(claim->remover));
  return json;
}

struct ResultWriter {
  OrderedJson operator()(const result::Hello& r) const {
    return {{"service", kServiceName}, {"version", r.version},  {"protocol", kProtocolVersion},
            {"instance", r.instance},  {"hive", r.hive},        {"session", r.session},
            {"process", r.process},    {"elevated", r.elevated}};
  }
  OrderedJson operator()(const result::Delete& r) const {
    return {{"deferred", r.deferred}, {"removal", json_of(r.removal)}};
  }
  OrderedJson operator()(const result::Undelete&) const {
    return {{"temporary", false}, {"deletionDeferred", false}};
  }
  OrderedJson operator()(const result::Finish&) const { return OrderedJson::object(); }
  OrderedJson operator()(const result::Subscribe&) const { return OrderedJson::object(); }
  OrderedJson operator()(const result::Status& r) const {
    return {{"service", kServiceName},
            {"version", r.version},
            {"protocol", kProtocolVersion},
            {"instance", r.instance},
            {"started", timestamp_text(r.started)},
            {"uptime", r.uptime_seconds},
            {"recovering", r.recovering},
            {"counts",
             {{"profiles", r.profiles},
              {"references", r.references},
              {"processes", r.processes},
              {"claims", r.claims},
              {"hives", r.hives},
              {"connections", r.connections},
              {"subscribers", r.subscribers}}},
            {"oldestClaim", json_of(r.oldest_claim)},
            {"journal",
             {{"writable", r.journal_writable},
              {"bytes", r.journal_bytes},
              {"records", r.journal_records},
              {"damagedLines", r.journal_damaged_lines},
              {"error",
               r.journal_error.empty() ? OrderedJson(nullptr) : OrderedJson(r.journal_error)}}},
            {"limits",
             {{"connections", r.connections_total},
              {"connectionsPerUser", r.connections_per_user},
              {"silentConnectionsPerUser", r.silent_connections_per_user},
              {"referencesPerProcess", r.references_per_process},
              {"referencesPerUser", r.references_per_user},
              {"profilesPerUser", r.profiles_per_user},
              {"recoverySeconds", r.recovery_seconds},
              {"requestBytes", kMaxRequestBytes},
              {"answerBytes", kMaxAnswerBytes},
              {"profileNameUnits", kMaxProfileNameUnits},
              {"labelCharacters", kMaxLabelCharacters},
              {"removalsPerSweep", kMaxRemovalsPerSweep}}}};
  }
};

std::optional<Removal> removal_of(const Json& json) {
  return Removal{json.at("claim").get<std::string>(), json.at("profile").get<std::string>()};
}

std::optional<Removal> removal_member(const Json& json) {
  const auto& removal = json.at("removal");
  return removal.is_null() ? std::nullopt : removal_of(removal);
}

template <std::size_t N>
std::size_t index_of_word(const std::array<std::string_view, N>& words, std::string_view word) {
  return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

void read(const Json& json, result::Hello& r) {
  r.version = json.at("version").get<std::string>();
  r.instance = json.at("instance").get<std::string>();
  r.hive = json.at("hive").get<std::string>();
  r.session = whole_number<std::uint32_t>(json.at("session"));
  r.process = whole_number<std::uint32_t>(json.at("process"));
  r.elevated = json.at("elevated").get<bool>();
}

void read(const Json& json, result::Acquire& r) {
  r.reference = json.at("reference").get<std::string>();
  r.references = whole_number<std::uint32_t>(json.at("references"));
  r.temporary = json.at("temporary").get<bool>();
  r.deletion_deferred = json.at("deletionDeferred").get<bool>();
}

void read(const Json& json, result::Release& r) {
  r.references = whole_number<std::uint32_t>(json.at("references"));
  r.removal = removal_member(json);
}

RemoverReport remover_of(const Json& json) {
  return {whole_number<std::uint32_t>(json.at("process")),
          whole_number<std::uint32_t>(json.at("session")), json.at("image").get<std::string>(),
          timestamp_from_text(json.at("since").get<std::string>()).value_or(WallTime{})};
}

void read(const Json& json, ProfileReport& r) {
  r.hive = json.value("hive", std::string());
  r.profile = json.at("profile").get<std::string>();
  r.references = whole_number<std::uint32_t>(json.at("references"));
  r.temporary = json.at("temporary").get<bool>();
  r.deletion_deferred = json.at("deletionDeferred").get<bool>();
  r.being_removed = json.at("beingRemoved").get<bool>();
  for (const auto& holder : json.at("holders")) {
    r.holders.push_back(
        {whole_number<std::uint32_t>(holder.at("process")),
         whole_number<std::uint32_t>(holder.at("session")), holder.at("image").get<std::string>(),
         timestamp_from_text(holder.at("since").get<std::string>()).value_or(WallTime{}),
         holder.at("label").get<std::string>()});
  }
  // Absent in the answers of a service that is older than this member.
  if (const auto remover = json.find("remover"); remover != json.end() && !remover->is_null()) {
    r.remover = remover_of(*remover);
  }
}

void read(const Json& json, result::Query& r) {
  read(json, r.report);
}

void read(const Json& json, result::List& r) {
  for (const auto& profile : json.at("profiles")) {
    read(profile, r.profiles.emplace_back());
  }
}

void read(const Json& json, result::Delete& r) {
  r.deferred = json.at("deferred").get<bool>();
  r.removal = removal_member(json);
}

void read(const Json& json, result::Sweep& r) {
  for (const auto& removal : json.at("removals")) {
    r.removals.push_back(*removal_of(removal));
  }
  for (const auto& kept : json.at("kept")) {
    const auto index = index_of_word(kKeptWords, kept.at("reason").get<std::string>());
    if (index < kKeptWords.size()) {
      r.kept.push_back({kept.at("profile").get<std::string>(), static_cast<KeptReason>(index)});
    }
  }
}

void read(const Json& json, result::Status& r) {
  r.version = json.at("version").get<std::string>();
  r.instance = json.at("instance").get<std::string>();
  r.started = timestamp_from_text(json.at("started").get<std::string>()).value_or(WallTime{});
  r.uptime_seconds = json.at("uptime").get<double>();
  r.recovering = json.at("recovering").get<bool>();
  const auto& counts = json.at("counts");
  r.profiles = whole_number<std::uint64_t>(counts.at("profiles"));
  r.references = whole_number<std::uint64_t>(counts.at("references"));
  r.processes = whole_number<std::uint64_t>(counts.at("processes"));
  r.claims = whole_number<std::uint64_t>(counts.at("claims"));
  r.hives = whole_number<std::uint64_t>(counts.at("hives"));
  r.connections = whole_number<std::uint64_t>(counts.at("connections"));
  r.subscribers = whole_number<std::uint64_t>(counts.at("subscribers"));
  if (const auto claim = json.find("oldestClaim"); claim != json.end() && !claim->is_null()) {
    r.oldest_claim = {claim->at("hive").get<std::string>(), claim->at("profile").get<std::string>(),
                      remover_of(*claim)};
  }
  const auto& journal = json.at("journal");
  r.journal_writable = journal.at("writable").get<bool>();
  r.journal_bytes = whole_number<std::uint64_t>(journal.at("bytes"));
  r.journal_records = whole_number<std::uint64_t>(journal.at("records"));
  r.journal_damaged_lines = whole_number<std::uint64_t>(journal.at("damagedLines"));
  if (const auto& error = journal.at("error"); error.is_string()) {
    r.journal_error = error.get<std::string>();
  }
  const auto& limits = json.at("limits");
  r.connections_total = whole_number<std::uint32_t>(limits.at("connections"));
  r.connections_per_user = whole_number<std::uint32_t>(limits.at("connectionsPerUser"));
  r.silent_connections_per_user =
      whole_number<std::uint32_t>(limits.at("silentConnectionsPerUser"));
  r.references_per_process = whole_number<std::uint32_t>(limits.at("referencesPerProcess"));
  r.references_per_user = whole_number<std::uint32_t>(limits.at("referencesPerUser"));
  r.profiles_per_user = whole_number<std::uint32_t>(limits.at("profilesPerUser"));
  if (const auto seconds = limits.find("recoverySeconds"); seconds != limits.end()) {
    r.recovery_seconds = whole_number<std::uint32_t>(*seconds);  // came after the others
  }
}

// Results without members.
void read(const Json&, result::Undelete&) {}
void read(const Json&, result::Finish&) {}
void read(const Json&, result::Subscribe&) {}

}  // namespace

std::string_view word_of(KeptReason reason) {
  return kKeptWords[static_cast<std::size_t>(reason)];
}

std::string result_text(const Result& result) {
  std::string text;
  append_result(text, result);
  return text;
}

void append_result(std::string& out, const Result& result) {
  const auto append = [&](const auto& one) {
    if constexpr (requires { append_quickly(out, one); }) {
      append_quickly(out, one);
    } else {
      out.append(ResultWriter{}(one).dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
    }
  };
  std::visit(append, result);
}

template <typename R>
std::optional<R> read_result(const Json& json) try {
  R result;
  read(json, result);
  return result;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;
} catch (const std::out_of_range&) {  // whole_number
  return std::nullopt;
}

template std::optional<result::Hello> read_result(const Json&);
template std::optional<result::Acquire> read_result(const Json&);
template std::optional<result::Release> read_result(const Json&);
template std::optional<result::Query> read_result(const Json&);
template std::optional<result::List> read_result(const Json&);
template std::optional<result::Delete> read_result(const Json&);
template std::optional<result::Undelete> read_result(const Json&);
template std::optional<result::Sweep> read_result(const Json&);
template std::optional<result::Finish> read_result(const Json&);
template std::optional<result::Status> read_result(const Json&);
template std::optional<result::Subscribe> read_result(const Json&);

std::string_view word_of(EventKind kind) {
  return kEventWords[static_cast<std::size_t>(kind)];
}

OrderedJson params_of(const Event& event) {
  OrderedJson params = {{"sequence", event.sequence},
                        {"time", timestamp_text(event.time)},
                        {"event", word_of(event.kind)},
                        {"hive", event.hive},
                        {"profile", event.profile}};
  if (event.process) {
    params["process"] = *event.process;
  }
  if (event.session) {
    params["session"] = *event.session;
  }
  if (event.reference) {
    params["reference"] = *event.reference;
  }
  return params;
}

std::optional<Event> read_event(const Json& params) try {
  const auto index = index_of_word(kEventWords, params.at("event").get<std::string>());
  if (index == kEventWords.size()) {
    return std::nullopt;
  }
  Event event;
  event.sequence = whole_number<std::uint64_t>(params.at("sequence"));
  event.time = timestamp_from_text(params.at("time").get<std::string>()).value_or(WallTime{});
  event.kind = static_cast<EventKind>(index);
  event.hive = params.at("hive").get<std::string>();
  event.profile = params.at("profile").get<std::string>();
  if (params.contains("process")) {
    event.process = whole_number<std::uint32_t>(params["process"]);
  }
  if (params.contains("session")) {
    event.session = whole_number<std::uint32_t>(params["session"]);
  }
  if (params.contains("reference")) {
    event.reference = params["reference"].get<std::string>();
  }
  return event;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;
} catch (const std::out_of_range&) {  // whole_number
  return std::nullopt;
}

}  // namespace profile_broker
