// The members of each result, in the protocol's order (quick_result.h).
#include "proto/quick_result.h"

#include "proto/json_writer.h"
#include "proto/limits.h"

namespace profile_broker {
namespace {

void write_removal(JsonWriter& json, const Removal& removal) {
  json.begin_object()
      .member("claim", removal.claim)
      .member("profile", removal.profile)
      .end_object();
}

void write_remover(JsonWriter& json, const RemoverReport& remover) {
  json.begin_object()
      .member("process", remover.process)
      .member("session", remover.session)
      .member("image", remover.image)
      .member("since", remover.since)
      .end_object();
}

void write_holder(JsonWriter& json, const HolderReport& holder) {
  json.begin_object()
      .member("process", holder.process)
      .member("session", holder.session)
      .member("image", holder.image)
      .member("since", holder.since)
      .member("label", holder.label)
      .end_object();
}

void write_members(JsonWriter& json, const ProfileReport& report) {
  json.member("profile", report.profile)
      .member("inUse", report.references > 0)
      .member("references", report.references)
      .member("temporary", report.temporary)
      .member("deletionDeferred", report.deletion_deferred)
      .member("beingRemoved", report.being_removed)
      .key("holders")
      .begin_array();
  for (const auto& holder : report.holders) {
    write_holder(json.element(), holder);
  }
  json.end_array().key("remover");
  if (report.remover) {
    write_remover(json, *report.remover);
  } else {
    json.null();
  }
}

}  // namespace

void append_quickly(TextBuffer& out, const result::Hello& r) {
  JsonWriter(out)
      .begin_object()
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

void append_quickly(TextBuffer& out, const result::Acquire& r) {
  JsonWriter(out)
      .begin_object()
      .member("reference", r.reference)
      .member("references", r.references)
      .member("temporary", r.temporary)
      .member("deletionDeferred", r.deletion_deferred)
      .end_object();
}

void append_quickly(TextBuffer& out, const result::Release& r) {
  JsonWriter json(out);
  json.begin_object().member("references", r.references).key("removal");
  if (r.removal) {
    write_removal(json, *r.removal);
  } else {
    json.null();
  }
  json.end_object();
}

void append_quickly(TextBuffer& out, const result::Query& r) {
  JsonWriter json(out);
  json.begin_object();
  write_members(json, r.report);
  json.end_object();
}

void append_quickly(TextBuffer& out, const result::List& r) {
  JsonWriter json(out);
  json.begin_object().key("profiles").begin_array();
  for (const auto& report : r.profiles) {
    json.element().begin_object().member("hive", report.hive);
    write_members(json, report);
    json.end_object();
  }
  json.end_array().end_object();
}

void append_quickly(TextBuffer& out, const result::Sweep& r) {
  JsonWriter json(out);
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
