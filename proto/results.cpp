// Results and events: from types to the wire, for the service (messages.h). The way back is in
// read_results.cpp.
#include <utility>

#include "proto/json_writer.h"
#include "proto/limits.h"
#include "proto/messages.h"
#include "proto/quick_result.h"

namespace profile_broker {
namespace {

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

}  // namespace

std::string result_text(const Result& result) {
  TextBuffer text;
  {
    JsonWriter json(text);
    write_result(json, result);
  }
  return std::string(text.view());
}

void write_result(JsonWriter& json, const Result& result) {
  const auto write = [&](const auto& one) {
    if constexpr (requires { write_quickly(json, one); }) {
      write_quickly(json, one);
    } else {
      const auto text =
          ResultWriter{}(one).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
      json.write(JsonText{text});
    }
  };
  std::visit(write, result);
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
    params["reference"] = text_of(*event.reference);
  }
  return params;
}

}  // namespace profile_broker
