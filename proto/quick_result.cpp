// The members of each result, in the protocol's order (quick_result.h).
#include "proto/quick_result.h"

#include "proto/limits.h"
#include "proto/report_writer.h"

namespace profile_broker {
namespace {

void write_removal(JsonWriter& json, const Removal& removal) {
  json.write(R"({"claim":)", removal.claim, R"(,"profile":)", removal.profile, "}");
}

ReportedProcess reported(const auto& process) {
  return {process.process, process.session, process.image, process.since};
}

void write_members(JsonWriter& json, const ProfileReport& report) {
  write_report(
      json,
      {report.profile, report.references, report.temporary, report.deletion_deferred,
       report.being_removed},
      [&](const auto& write) {
        for (const auto& holder : report.holders) {
          write(reported(holder), holder.label);
        }
      },
      [&](const auto& write) {
        if (report.remover) {
          write(reported(*report.remover));
        }
      });
}

}  // namespace

void write_quickly(JsonWriter& json, const result::Hello& r) {
  json.begin_object()
      .member("service", kServiceName)
      .member("version", r.version)
      .member("protocol", kProtocolVersion)
      .member("instance", r.instance)
      .member("hive", r.hive)
      .member("session", r.session)
      .member("process", r.process)
      .member("elevated", r.elevated)
      .end_object();
}

void write_quickly(JsonWriter& json, const result::Acquire& r) {
  json.write(R"({"reference":)", r.reference, R"(,"references":)", r.references, R"(,"temporary":)",
             r.temporary, R"(,"deletionDeferred":)", r.deletion_deferred, "}");
}

void write_quickly(JsonWriter& json, const result::Release& r) {
  json.write(R"({"references":)", r.references, R"(,"removal":)");
  if (r.removal) {
    write_removal(json, *r.removal);
  } else {
    json.null();
  }
  json.write("}");
}

void write_quickly(JsonWriter& json, const result::Query& r) {
  json.begin_object();
  write_members(json, r.report);
  json.end_object();
}

void write_quickly(JsonWriter& json, const result::List& r) {
  json.begin_object().key("profiles").begin_array();
  for (const auto& report : r.profiles) {
    json.element().begin_object().member("hive", report.hive);
    write_members(json, report);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_quickly(JsonWriter& json, const result::Sweep& r) {
  json.begin_object().key("removals").begin_array();
  for (const auto& removal : r.removals) {
    write_removal(json.element(), removal);
  }
  json.end_array().key("kept").begin_array();
  for (const auto& kept : r.kept) {
    json.element()
        .begin_object()
        .member("profile", kept.profile)
        .member("reason", word_of(kept.reason))
        .end_object();
  }
  json.end_array().end_object();
}

}  // namespace profile_broker
