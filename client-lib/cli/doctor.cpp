// The findings behind doctor.h that the service has a part in.
#include "client-lib/cli/doctor.h"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <utility>

#include "client-lib/cli/words.h"
#include "client-lib/connection.h"
#include "client-lib/hive_marks.h"
#include "proto/uuid.h"

namespace profile_broker::client::cli {
namespace {

constexpr const char* kReportIt =
    "Restart the service; if that does not help, look into its event log, and report it";

template <typename R>
Outcome<R> ask(Connection& connection, const Call& call) {
  return typed<R>(connection.ask(call, Clock::now() + kCallDeadline));
}

Finding no_answer(const Failure& failure) {
  std::string advice = "Try again; if it stays so, restart the service";
  if (failure.hresult == hresult::kUnconfigured) {
    advice = "Install the product on this machine, or name the right endpoint with --endpoint";
  } else if (failure.hresult == hresult::kNetworkError) {
    advice =
        "Start the service: 'sc.exe start MapiProfileBroker' as administrator (on Linux "
        "'mapi-profile-broker --state DIR'). Until then programs work, and no profile is "
        "deleted";
  } else if (failure.hresult == hresult::kNoAccess) {
    advice =
        "If another program has taken the service's place, find and end it, then start the "
        "service. A process below medium integrity or in an AppContainer may not connect";
  } else if (failure.hresult == hresult::kVersion) {
    advice = "Install tool and service of one version";
  }
  return {"answer", Verdict::problem, failure.text, advice, {}};
}

Finding answer(const result::Hello& hello) {
  Finding finding{"answer",
                  Verdict::ok,
                  "the service, version " + hello.version + ", answers this process " +
                      std::to_string(hello.process) + " of account " + hello.hive + " in session " +
                      std::to_string(hello.session) +
                      (hello.elevated ? ", an administrator" : ", no administrator"),
                  "",
                  {}};
  if (hello.version != PROFILE_BROKER_VERSION) {
    finding.verdict = Verdict::warning;
    finding.found += "; this tool is version " PROFILE_BROKER_VERSION;
    finding.advice = "After an upgrade restart the service; else install both from one package";
  }
  return finding;
}

Finding recovery(const result::Status& status) {
  if (!status.recovering) {
    return {"state",
            Verdict::ok,
            "the service is ready and has run for " + duration_text(status.uptime_seconds),
            "",
            {}};
  }
  return {"state",
          Verdict::warning,
          "the service has restarted without having been stopped in order, and lets deletions wait "
          "for up to " +
              counted(status.recovery_seconds, "second"),
          "Nothing, if that was known; else look into the event log for why it ended",
          {}};
}

Finding journal(const result::Status& status) {
  if (!status.journal_writable) {
    return {"journal",
            Verdict::problem,
            "the service cannot write its journal: " + status.journal_error +
                "; new references and deletions are refused, what is known stays protected",
            "Free room on the disk of the State folder, or repair access to it for SYSTEM; the "
            "service tries again by itself",
            {}};
  }
  if (status.journal_damaged_lines > 0) {
    return {
        "journal",
        Verdict::warning,
        counted(status.journal_damaged_lines, "damaged line") +
            " of the journal could not be read at the last start; the references in them are "
            "unknown until their programs tell of them again",
        "Check the disk. The lines are kept in the State folder; the warning goes with the next "
        "start on a sound journal",
        {}};
  }
  return {"journal",
          Verdict::ok,
          "the service can write its journal (" + counted(status.journal_records, "record") + ", " +
              counted(status.journal_bytes, "byte") + ")",
          "",
          {}};
}

Finding deletions(const result::Status& status) {
  const auto& oldest = status.oldest_claim;
  if (oldest && is_long_deletion(oldest->remover, present())) {
    return {"deletions",
            Verdict::warning,
            "profile " + quoted(oldest->profile) + " of account " + oldest->hive +
                " is being deleted by " + remover_text(oldest->remover, present()) +
                "; nobody can use it meanwhile",
            "If process " + std::to_string(oldest->remover.process) +
                " hangs, end it: then the profile can be used and deleted again",
            {}};
  }
  return {"deletions",
          Verdict::ok,
          status.claims == 0
              ? "no deletion is under way"
              : counted(status.claims, "deletion") + " under way, none for longer than a minute",
          "",
          {}};
}

// What the service knows of, and what is only marked in the hive.
Finding leftovers(const result::List& list) {
  const auto marked = HiveMarks(HiveMarks::default_location()).of_this_host();
  std::set<std::string> names;
  for (const auto& name : marked) {
    names.insert(name.folded());
  }
  for (const auto& report : list.profiles) {
    const auto name = ProfileName::parse(report.profile);
    if (!std::holds_alternative<ProfileName>(name)) {
      continue;
    }
    const auto& folded = std::get<ProfileName>(name).folded();
    if (report.references > 0 || report.being_removed) {
      names.erase(folded);
    } else {
      names.insert(folded);
    }
  }
  const auto left = names.size();
  if (left == 0) {
    return {"leftovers", Verdict::ok, "this account has no left-over profile", "", {}};
  }
  return {"leftovers",
          Verdict::warning,
          counted(left, "profile") + " of this account " + (left == 1 ? "is" : "are") +
              " left over from programs that ended without deleting",
          "'profile-broker sweep' deletes them; so does the next program that sweeps",
          {}};
}

// Nobody looks for this name, so it need be no secret; only another doctor at work must not have
// it.
std::string unique_name() {
  std::random_device random;
  std::array<std::uint8_t, 16> bytes{};
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::uint8_t>(random()); });
  return "profile-broker doctor " + text_of(uuid_from_random(bytes));
}

// A profile of a name that nobody has: the service never looks for the profile itself.
Finding use(Connection& connection) {
  const auto failed = [](const std::string& what, const Failure& failure) {
    return Finding{"acquire and release",
                   Verdict::problem,
                   "a process of this user cannot " + what + " a profile: " + failure.text + " (" +
                       hresult_text(failure.hresult) + ")",
                   failure.refused_as(Reason::quota_exceeded)
                       ? "End programs that hold references for no use ('profile-broker list'), or "
                         "raise the limit (docs/administration.md)"
                       : kReportIt,
                   {}};
  };
  const auto parsed = ProfileName::parse(unique_name());
  const auto& profile = std::get<ProfileName>(parsed);
  const auto acquired = ask<result::Acquire>(
      connection, call::Acquire{profile, std::nullopt, false, "profile-broker doctor"});
  if (!acquired) {
    return failed("acquire", acquired.failure());
  }
  const auto released = ask<result::Release>(connection, call::Release{acquired->reference});
  if (!released) {
    return failed("release", released.failure());
  }
  if (acquired->references != 1 || released->references != 0) {
    return {"acquire and release",
            Verdict::problem,
            "the service counts references to a profile that nobody uses: " +
                std::to_string(acquired->references) + ", then " +
                std::to_string(released->references),
            kReportIt,
            {}};
  }
  return {"acquire and release",
          Verdict::ok,
          "a process of this user can acquire and release a profile",
          "",
          {}};
}

}  // namespace

std::vector<Finding> examine(const Endpoint& endpoint) {
  auto findings = examine_machine(endpoint);
  auto opened = Connection::open(endpoint, Clock::now() + kConnectDeadline + kCallDeadline);
  if (!opened) {
    findings.push_back(no_answer(opened.failure()));
    return findings;
  }
  auto& connection = **opened;
  findings.push_back(answer(connection.hello()));
  const auto status = ask<result::Status>(connection, call::Status{});
  const auto list = ask<result::List>(connection, call::List{});
  if (!status || !list) {
    const auto& failure = status ? list.failure() : status.failure();
    findings.push_back({"state",
                        Verdict::problem,
                        "the service does not say how it is: " + failure.text,
                        kReportIt,
                        {}});
    return findings;
  }
  findings.push_back(recovery(*status));
  findings.push_back(journal(*status));
  findings.push_back(deletions(*status));
  findings.push_back(leftovers(*list));
  findings.push_back(use(connection));
  return findings;
}

}  // namespace profile_broker::client::cli
