// The machine's MAPI and the programs that are routed past it, for doctor_win.h.
#include "client-lib/cli/doctor_win.h"

namespace profile_broker::client::cli {

Finding examine_mapi(const mapi::RoutingReport& report) {
  Finding finding{"mapi", Verdict::ok, "", "", {}};
  std::string usable;
  for (const auto* real : {&report.x64_mapi, &report.x86_mapi}) {
    const std::string bitness = real == &report.x64_mapi ? "64-bit" : "32-bit";
    if (!real->path.empty() && real->problem.empty()) {
      usable += (usable.empty() ? "" : "; ") + bitness + " programs: " + real->path + " (" +
                real->source + ")";
    } else if (!real->path.empty()) {
      finding.notes.push_back("no MAPI for " + bitness + " programs: " + real->path + " (" +
                              real->source + "): " + real->problem);
    } else {
      finding.notes.push_back("no MAPI for " + bitness + " programs: " + real->source);
    }
  }
  const auto client = report.default_client.empty()
                          ? std::string("no default mail client is registered")
                          : "the default mail client is '" + report.default_client + "'";
  if (usable.empty()) {
    finding.verdict = Verdict::warning;
    finding.found = client + ", and no MAPI can be used";
    finding.advice =
        "Install a mail client with MAPI. Until then no program can use a profile, and "
        "'sweep' and 'delete' only mark";
  } else {
    finding.found = client + "; " + usable;
  }
  return finding;
}

Finding examine_routing(const mapi::RoutingReport& report) {
  Finding finding{"routed programs", Verdict::ok, "", "", {}};
  const bool is_routed = report.is_default || !report.programs.empty();
  std::string broken;
  for (const auto& program : report.programs) {
    const auto is_served = [](bool routed, const mapi::RealMapi& real) {
      return routed && !real.path.empty() && real.problem.empty();
    };
    if (!is_served(program.x64, program.x64_mapi) && !is_served(program.x86, program.x86_mapi)) {
      broken += (broken.empty() ? "" : ", ") + program.program;
    }
  }
  const auto count = std::to_string(report.programs.size());
  finding.found = report.is_default ? "every program without a MAPI of its own is routed, and " +
                                          count + " by name"
                  : report.programs.empty() ? "no program that nobody changes is protected"
                                            : "routed by name: " + count;
  if (!broken.empty()) {
    finding.verdict = Verdict::problem;
    finding.found += "; no MAPI to go on to have: " + broken;
    finding.advice =
        "'profile-broker mapi list' says why; 'profile-broker mapi disable' takes the "
        "routing back";
  }
  for (const auto& client : report.clients) {
    if (!client.is_there && is_routed) {
      finding.verdict = Verdict::problem;
      finding.found += "; there is no " + client.dll;
      finding.advice = kRepair;
    }
  }
  const auto silence = is_routed ? silence_of("MapiProfileBrokerClient") : std::nullopt;
  if (silence && finding.verdict == Verdict::ok) {
    finding.verdict = Verdict::warning;
    finding.found += "; " + *silence;
    finding.advice =
        "Route a program once more with 'profile-broker mapi enable'; if that does not help: " +
        std::string(kRepair);
  }
  if (!is_routed) {
    finding.notes.emplace_back(mapi::kRoutingLimitsInShort);
    return finding;
  }
  for (const auto* limit : mapi::kRoutingLimits) {
    finding.notes.emplace_back(limit);
  }
  return finding;
}

}  // namespace profile_broker::client::cli
