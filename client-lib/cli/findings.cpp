// What doctor has found, for people and for programs; behind doctor.h.
#include <algorithm>

#include "client-lib/cli/commands.h"
#include "client-lib/cli/doctor.h"
#include "client-lib/cli/words.h"

namespace profile_broker::client::cli {
namespace {

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

std::string sentence(const std::string& text) {
  return text.ends_with('.') ? text : text + ".";
}

}  // namespace

bool is_healthy(const std::vector<Finding>& findings) {
  return count_of(findings, Verdict::problem) == 0;
}

std::string findings_text(const std::vector<Finding>& findings, std::size_t columns,
                          const Paint& paint) {
  std::vector<Row> rows;
  for (const auto& finding : findings) {
    rows.push_back({badge(finding.verdict), finding.check, sentence(finding.found)});
    if (!finding.advice.empty()) {
      rows.push_back({"", "", {"To do: " + sentence(finding.advice), Ink::strong}});
    }
    for (const auto& note : finding.notes) {
      rows.push_back({"", "", {"Note: " + sentence(note), Ink::faint}});
    }
  }
  const auto problems = count_of(findings, Verdict::problem);
  const auto warnings = count_of(findings, Verdict::warning);
  const auto summary = counted(problems, "problem") + ", " + counted(warnings, "warning") + ".";
  return aligned(rows, paint, columns) + "\n" +
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
    console_.out(findings_text(findings, console_.columns(), paint_));
  }
  return is_healthy(findings) ? kOk : kFailed;
}

}  // namespace profile_broker::client::cli
