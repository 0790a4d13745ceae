// The findings behind doctor.h that the service has a part in.
#include "client-lib/cli/doctor.h"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <utility>

#include "client-lib/cli/commands.h"
#include "client-lib/cli/text_width.h"
#include "client-lib/cli/words.h"
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
  return "profile-broker doctor " + uuid_from_random(bytes);
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

std::string_view word_of(Verdict verdict) {
  return verdict == Verdict::ok ? "ok" : verdict == Verdict::warning ? "warning" : "problem";
}

std::uint64_t count_of(const std::vector<Finding>& findings, Verdict verdict) {
  return static_cast<std::uint64_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.verdict == verdict; }));
}

Cell badge(Verdict verdict) {
  return verdict == Verdict::ok        ? Cell("OK", Ink::good)
         : verdict == Verdict::warning ? Cell("WARNING", Ink::warning)
                                       : Cell("PROBLEM", Ink::bad);
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

bool is_healthy(const std::vector<Finding>& findings) {
  return count_of(findings, Verdict::problem) == 0;
}

std::string findings_text(const std::vector<Finding>& findings, std::size_t columns,
                          const Paint& paint) {
  std::vector<Row> rows;
  std::size_t before = std::string_view("WARNING").size() + 4;  // what stands left of the sentences
  for (const auto& finding : findings) {
    before = std::max(before, std::string_view("WARNING").size() + finding.check.size() + 4);
  }
  const auto room = columns > before + 20 ? columns - before : 0;
  const auto add = [&](Row beginning, const std::string& text, Ink ink) {
    for (auto& line : wrapped(printable(text), room)) {
      beginning.emplace_back(std::move(line), ink);
      rows.push_back(std::exchange(beginning, Row{"", ""}));
    }
  };
  for (const auto& finding : findings) {
    add({badge(finding.verdict), finding.check}, finding.found, Ink::plain);
    if (!finding.advice.empty()) {
      add({"", ""}, "To do: " + finding.advice + ".", Ink::strong);
    }
    for (const auto& note : finding.notes) {
      add({"", ""}, "Note: " + note, Ink::faint);
    }
  }
  const auto problems = count_of(findings, Verdict::problem);
  const auto warnings = count_of(findings, Verdict::warning);
  const auto summary = counted(problems, "problem") + ", " + counted(warnings, "warning") + ".";
  return aligned(rows, paint) + "\n" +
         paint(problems > 0   ? Ink::bad
               : warnings > 0 ? Ink::warning
                              : Ink::good,
               summary) +
         "\n";
}

OrderedJson findings_json(const std::vector<Finding>& findings, const Endpoint& endpoint) {
  OrderedJson json = {{"healthy", is_healthy(findings)},
                      {"version", PROFILE_BROKER_VERSION},
                      {"endpoint", endpoint.address},
                      {"findings", OrderedJson::array()}};
  for (const auto& finding : findings) {
    json["findings"].push_back({{"check", finding.check},
                                {"verdict", word_of(finding.verdict)},
                                {"found", finding.found},
                                {"advice", finding.advice},
                                {"notes", finding.notes}});
  }
  return json;
}

int Commands::doctor() {
  const auto findings = examine(endpoint_);
  if (json_) {
    print_json(findings_json(findings, endpoint_));
  } else {
    const auto columns = console_.is_terminal ? console_.size().columns : 0;
    console_.out(findings_text(findings, columns, paint_));
  }
  return is_healthy(findings) ? kOk : kFailed;
}

}  // namespace profile_broker::client::cli
