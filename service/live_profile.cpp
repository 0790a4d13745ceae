// From the table's entries to a report and to its text (live_profile.h).
#include "service/live_profile.h"

#include "proto/report_writer.h"

namespace profile_broker::service {
namespace {

ReportedProcess reported(const Process& process, WallTime since) {
  const Holder& holder = process.holder;
  return {holder.key.pid, holder.session, holder.image, since};
}

}  // namespace

void write_result(JsonWriter& json, const LiveProfile& found) {
  json.begin_object();
  const Profile* profile = found.profile;
  if (!profile) {
    write_report(
        json, {found.asked}, [](const auto&) {}, [](const auto&) {});
  } else {
    write_report(
        json,
        {profile->shown(), static_cast<std::uint32_t>(profile->references().size()),
         profile->temporary, profile->deletion_deferred, profile->claim() != nullptr},
        [&](const auto& write) {
          for (const Reference& reference : profile->references()) {
            write(reported(*reference.process, reference.since()), reference.label());
          }
        },
        [&](const auto& write) {
          if (const Claim* claim = profile->claim()) {
            write(reported(*claim->process, claim->since));
          }
        });
  }
  json.end_object();
}

ProfileReport report_on(const std::string& hive, const Profile& profile) {
  ProfileReport report;
  report.hive = hive;
  report.profile = profile.shown();
  report.references = static_cast<std::uint32_t>(profile.references().size());
  report.temporary = profile.temporary;
  report.deletion_deferred = profile.deletion_deferred;
  report.being_removed = profile.claim() != nullptr;
  if (const Claim* claim = profile.claim()) {
    report.remover = remover_of(*claim);
  }
  for (const Reference& reference : profile.references()) {
    const Holder& holder = reference.process->holder;
    report.holders.push_back({holder.key.pid, holder.session, holder.image, reference.since(),
                              std::string(reference.label())});
  }
  return report;
}

RemoverReport remover_of(const Claim& claim) {
  const Holder& holder = claim.process->holder;
  return {holder.key.pid, holder.session, holder.image, claim.since};
}

}  // namespace profile_broker::service
