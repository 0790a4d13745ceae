// The wording behind words.h.
#include "client-lib/cli/words.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace profile_broker::client::cli {
namespace {

constexpr std::size_t kMaxHoldersNamed = 10;
// No deletion of a profile takes so long: whoever has not finished by then probably hangs.
constexpr std::chrono::minutes kLongDeletion{1};

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}

std::string sessions_text(const ProfileReport& report) {
  std::set<std::uint32_t> sessions;
  for (const auto& holder : report.holders) {
    sessions.insert(holder.session);
  }
  std::string text;
  for (const auto session : sessions) {
    text += (text.empty() ? "" : ", ") + std::to_string(session);
  }
  return text.empty() ? "-" : text;
}

std::string journal_text(const result::Status& status) {
  if (!status.journal_writable) {
    return "NOT WRITABLE: " + status.journal_error + " (new references are refused; free the disk)";
  }
  std::string text =
      counted(status.journal_records, "record") + ", " + counted(status.journal_bytes, "byte");
  if (status.journal_damaged_lines > 0) {
    text += "; " + counted(status.journal_damaged_lines, "damaged line") +
            " kept aside at the last start";
  }
  return text;
}

std::string_view happening(EventKind kind) {
  switch (kind) {
    case EventKind::acquired:
      return "taken into use";
    case EventKind::released:
      return "no longer used";
    case EventKind::temporary:
      return "made temporary";
    case EventKind::deferred:
      return "deletion waits";
    case EventKind::undeleted:
      return "deletion taken back";
    case EventKind::claimed:
      return "being deleted";
    case EventKind::removed:
      return "deleted";
    case EventKind::kept:
      return "deletion not carried out";
    case EventKind::process_ended:
      return "its process ended";
    case EventKind::journal_failed:
      return "THE SERVICE CANNOT WRITE ITS JOURNAL: new references and deletions are refused; "
             "profile-broker status says why";
    case EventKind::journal_restored:
      return "the service can write its journal again";
    case EventKind::overflow:
      return "EVENTS WERE LOST: this program reads too slowly; run list for the present state";
  }
  return "";
}

}  // namespace

std::string quoted(const std::string& profile) {
  return "'" + printable(profile) + "'";
}

std::string counted(std::uint64_t count, const std::string& noun) {
  const bool sibilant = noun.ends_with('s');
  return std::to_string(count) + " " + noun + (count == 1 ? "" : sibilant ? "es" : "s");
}

std::string state_of(const ProfileReport& report) {
  std::string text = report.being_removed    ? "being deleted"
                     : report.references > 0 ? "in use"
                                             : "not in use";
  if (report.deletion_deferred) {
    text += ", deletion waits";
  }
  if (report.temporary) {
    text += ", temporary";
  }
  return text;
}

Ink ink_of(const ProfileReport& report) {
  const bool ends = report.being_removed || report.deletion_deferred;
  return ends ? Ink::warning : report.references > 0 ? Ink::good : Ink::plain;
}

Ink ink_of(EventKind kind) {
  switch (kind) {
    case EventKind::acquired:
      return Ink::good;
    case EventKind::deferred:
    case EventKind::claimed:
    case EventKind::kept:
    case EventKind::process_ended:
      return Ink::warning;
    case EventKind::journal_failed:
    case EventKind::overflow:
      return Ink::bad;
    default:
      return Ink::plain;
  }
}

std::string holder_text(const HolderReport& holder) {
  auto text = printable(holder.image) + " (process " + std::to_string(holder.process) +
              ", session " + std::to_string(holder.session) + ")";
  return holder.label.empty() ? text : text + " " + quoted(holder.label);
}

std::string holders_text(const ProfileReport& report) {
  std::string text;
  const auto named = std::min(report.holders.size(), kMaxHoldersNamed);
  for (std::size_t i = 0; i < named; ++i) {
    text += (i == 0 ? "" : ", ") + holder_text(report.holders[i]);
  }
  if (report.holders.size() > named) {
    text += " and " + std::to_string(report.holders.size() - named) + " more";
  }
  return text;
}

std::string remover_text(const RemoverReport& remover, WallTime now) {
  const auto age = std::chrono::duration<double>(now - remover.since).count();
  return printable(remover.image) + " (process " + std::to_string(remover.process) + ", session " +
         std::to_string(remover.session) + ") for " + duration_text(age);
}

bool is_long_deletion(const RemoverReport& remover, WallTime now) {
  return now - remover.since >= kLongDeletion;
}

WallTime present() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string time_text(WallTime time) {
  auto text = timestamp_text(time).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(0.0, std::floor(seconds)));
  const auto minutes = whole / 60;
  const auto hours = minutes / 60;
  if (hours >= 48) {
    return std::to_string(hours / 24) + " days";
  }
  if (hours > 0) {
    return std::to_string(hours) + " h " + std::to_string(minutes % 60) + " min";
  }
  return minutes > 0 ? std::to_string(minutes) + " min" : std::to_string(whole) + " s";
}

std::string event_text(const Event& event) {
  auto text = timestamp_text(event.time).substr(11, 12) + "  ";
  if (!event.profile.empty()) {
    text += quoted(event.profile) + "  ";
  }
  text += happening(event.kind);
  if (event.process) {
    text += "  (process " + std::to_string(*event.process);
    if (event.session) {
      text += ", session " + std::to_string(*event.session);
    }
    text += ")";
  }
  return text + "\n";
}

std::string kept_text(KeptReason reason) {
  switch (reason) {
    case KeptReason::in_use:
      return "in use; deleted when its last user ends";
    case KeptReason::being_removed:
      return "another process is deleting it right now";
    case KeptReason::recovering:
      return "the service has just restarted and waits for its clients; sweep again in 10 seconds";
  }
  return "kept";
}

namespace {

std::string deletions_text(const result::Status& status, WallTime now) {
  auto text = std::to_string(status.claims) + " under way";
  if (const auto& oldest = status.oldest_claim) {
    const auto& remover = oldest->remover;
    text += "; the oldest: " + quoted(oldest->profile) + " of account " + oldest->hive + " by " +
            remover_text(remover, now) + ", since " + time_text(remover.since);
    if (is_long_deletion(remover, now)) {
      text += ". If process " + std::to_string(remover.process) +
              " hangs, end it: then the profile can be used and deleted again";
    }
  }
  return text;
}

}  // namespace

std::vector<Row> status_rows(const result::Status& status, const std::string& endpoint,
                             bool elevated, WallTime now) {
  const std::string scope = elevated ? " on this machine" : " of this account";
  return {
      {"Service", "MAPI Profile Broker " + status.version},
      {"Endpoint", endpoint},
      {"Running for",
       duration_text(status.uptime_seconds) + ", since " + time_text(status.started)},
      {"Instance", status.instance},
      {"State", status.recovering
                    ? Cell("recovering: has just restarted, grants no deletion yet", Ink::warning)
                    : Cell("ready", Ink::good)},
      {"Administrator", yes_or_no(elevated)},
      {"Profiles", counted(status.profiles, "profile") + scope},
      {"References",
       std::to_string(status.references) + " of " + counted(status.processes, "process")},
      {"Deletions", deletions_text(status, now)},
      {"Connections",
       std::to_string(status.connections) + ", " + counted(status.subscribers, "subscriber")},
      {"Journal", Cell(journal_text(status), !status.journal_writable           ? Ink::bad
                                             : status.journal_damaged_lines > 0 ? Ink::warning
                                                                                : Ink::plain)},
      {"Limits", std::to_string(status.references_per_process) + " references a process, " +
                     std::to_string(status.references_per_user) + " an account; " +
                     std::to_string(status.profiles_per_user) + " profiles an account"},
      {"", std::to_string(status.connections_total) + " connections in all, " +
               std::to_string(status.connections_per_user) + " an account, " +
               std::to_string(status.silent_connections_per_user) + " of these silent"},
      {"After a crash", "no deletion for " + std::to_string(status.recovery_seconds) + " s"},
  };
}

std::vector<Row> list_rows(const result::List& list, bool all, WallTime now) {
  std::vector<Row> rows = {titles({"PROFILE", "REFERENCES", "SESSIONS", "STATE", "USED BY"})};
  for (const auto& profile : list.profiles) {
    const auto used_by = profile.remover ? "being deleted by " + remover_text(*profile.remover, now)
                                         : holders_text(profile);
    rows.push_back({profile.profile, std::to_string(profile.references), sessions_text(profile),
                    Cell(state_of(profile), ink_of(profile)), used_by.empty() ? "-" : used_by});
  }
  if (all) {
    rows.front().insert(rows.front().begin() + 1, Cell("ACCOUNT", Ink::strong));
    for (std::size_t i = 0; i < list.profiles.size(); ++i) {
      rows[i + 1].insert(rows[i + 1].begin() + 1, Cell(list.profiles[i].hive));
    }
  }
  return rows;
}

std::vector<Row> holder_rows(const ProfileReport& report) {
  std::vector<Row> rows = {titles({"PROCESS", "SESSION", "PROGRAM", "SINCE", "LABEL"})};
  for (const auto& holder : report.holders) {
    rows.push_back({std::to_string(holder.process), std::to_string(holder.session), holder.image,
                    time_text(holder.since), holder.label.empty() ? "-" : holder.label});
  }
  return rows;
}

}  // namespace profile_broker::client::cli
