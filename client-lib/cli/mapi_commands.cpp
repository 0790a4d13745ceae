// The commands behind mapi_commands.h: what routing.h does, in words.
#include "client-lib/cli/mapi_commands.h"

#include <algorithm>

#include "client-lib/cli/program.h"
#include "client-lib/cli/table.h"
#include "client-lib/cli/words.h"
#include "client-lib/mapi/routing.h"
#include "proto/messages.h"

namespace profile_broker::client::cli {
namespace {

using mapi::RealMapi;
using mapi::RoutingChange;

constexpr const char* kDefaultClient = "the default mail client";

void print_json(const OrderedJson& json, const Console& console) {
  console.out(json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

// One change and what became of it. subject: the target at the beginning of a sentence.
struct Told {
  std::string target;
  std::string subject;
  RoutingChange change;
};

int tell(const std::vector<Told>& all, const std::string& done, const std::string& advice,
         bool json, const Console& console) {
  bool failed = false;
  OrderedJson list = OrderedJson::array();
  for (const auto& [target, subject, change] : all) {
    failed = failed || !change.error.empty();
    list.push_back({{"target", target}, {"error", change.error}, {"notes", change.notes}});
    if (!change.error.empty()) {
      console.error("profile-broker: nothing was changed for " + printable(target) + ": " +
                    printable(change.error) + "\n");
    } else if (!json) {
      console.out(printable(subject) + " " + done + "\n");
    }
    for (const auto& note : change.notes) {
      console.error("profile-broker: note: " + printable(note) + "\n");
    }
  }
  if (json) {
    print_json({{"changes", list}}, console);
  } else if (!failed) {
    console.out(advice);
  }
  return failed ? kFailed : kOk;
}

Cell mapi_cell(const RealMapi& mapi) {
  if (mapi.path.empty()) {
    return {"none: " + mapi.source, Ink::warning};
  }
  const auto text = mapi.path + " (" + mapi.source + ")";
  return mapi.problem.empty() ? Cell(text) : Cell(text + " UNUSABLE: " + mapi.problem, Ink::bad);
}

bool is_usable(const RealMapi& mapi) {
  return !mapi.path.empty() && mapi.problem.empty();
}

// A machine has MAPI of one bitness, so that one of the two will do.
bool has_mapi(const mapi::RoutedProgram& program) {
  return (program.x64 && is_usable(program.x64_mapi)) ||
         (program.x86 && is_usable(program.x86_mapi));
}

OrderedJson mapi_json(const RealMapi& mapi) {
  return {{"path", mapi.path}, {"source", mapi.source}, {"problem", mapi.problem}};
}

void print_report_json(const mapi::RoutingReport& report, const Console& console) {
  OrderedJson json = {{"default", report.is_default},
                      {"defaultClient", report.default_client},
                      {"programs", OrderedJson::array()},
                      {"clients", OrderedJson::array()}};
  for (const auto& program : report.programs) {
    OrderedJson entry = {{"program", program.program}};
    if (program.x64) {
      entry["x64"] = mapi_json(program.x64_mapi);
    }
    if (program.x86) {
      entry["x86"] = mapi_json(program.x86_mapi);
    }
    json["programs"].push_back(std::move(entry));
  }
  for (const auto& client : report.clients) {
    json["clients"].push_back(
        {{"bitness", client.bitness},
         {"dll", client.dll},
         {"installed", client.is_there},
         {"realMapi", mapi_json(client.bitness == "x64" ? report.x64_mapi : report.x86_mapi)}});
  }
  print_json(json, console);
}

}  // namespace

int mapi_enable(const MapiTarget& target, const std::string& provider, bool json,
                const Console& console) {
  std::vector<Told> told;
  if (target.is_default) {
    told.push_back({kDefaultClient, "The default mail client", mapi::route_default(provider)});
  }
  for (const auto& program : target.programs) {
    told.push_back({program, program, mapi::route_program(program, provider)});
  }
  return tell(told, "is protected from its next start on.",
              "'profile-broker mapi disable' takes that back.\n", json, console);
}

int mapi_disable(const MapiTarget& target, bool json, const Console& console) {
  std::vector<Told> told;
  if (target.all) {
    told.push_back({"every routed program", "Every routed program", mapi::unroute_all()});
  }
  if (target.is_default) {
    told.push_back({kDefaultClient, "The default mail client", mapi::unroute_default()});
  }
  for (const auto& program : target.programs) {
    told.push_back({program, program, mapi::unroute_program(program)});
  }
  return tell(told, "has its earlier MAPI again from its next start on.", "", json, console);
}

int mapi_list(bool json, const Console& console) {
  const auto report = mapi::routing_report();
  if (json) {
    print_report_json(report, console);
    return kOk;
  }
  std::vector<Row> rows;
  for (const auto& program : report.programs) {
    if (program.x64) {
      rows.push_back({program.program, "x64", mapi_cell(program.x64_mapi)});
    }
    if (program.x86) {
      rows.push_back({program.program, "x86", mapi_cell(program.x86_mapi)});
    }
  }
  if (report.is_default) {
    const bool is_x64 = report.default_client.ends_with("x64");
    rows.push_back({"every other program", is_x64 ? "x64" : "x86",
                    mapi_cell(is_x64 ? report.x64_mapi : report.x86_mapi)});
  }
  if (rows.empty()) {
    console.out("No program is routed.\n");
    return kOk;
  }
  rows.insert(rows.begin(), titles({"PROGRAM", "AS", "GOES ON TO"}));
  console.out(aligned(rows, Paint(console.has_colours), console.columns()));
  const bool default_fails =
      report.is_default && !is_usable(report.x64_mapi) && !is_usable(report.x86_mapi);
  if (default_fails || !std::all_of(report.programs.begin(), report.programs.end(), has_mapi)) {
    console.out(
        "MAPI fails in a program whose MAPI is missing or unusable: repair that MAPI, name another "
        "with\n"
        "'profile-broker mapi enable PROGRAM.EXE --provider PATH', or take the program out with\n"
        "'profile-broker mapi disable PROGRAM.EXE'.\n");
  }
  return kOk;
}

}  // namespace profile_broker::client::cli
