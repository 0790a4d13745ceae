// Looks, all through a chaos run, at what protects profiles: what the service says that it knows,
// what the account's processes tell each other in the hive, and which profiles there are. Writes
// each look into the run's log between a line `sampling` and a line `sample`; what it means is the
// observer's business (observer.js).
//
//   chaos_probe HIVE ORDERS MILLISECONDS     a look every so many milliseconds, until the order
//   quit chaos_probe HIVE once                    one look
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "client-lib/connection.h"
#include "client-lib/hive_marks.h"
#include "tests/chaos/orders.h"
#include "tests/chaos/record.h"
#include "tests/chaos/simulated_hive.h"
#include "tests/chaos/system.h"

namespace profile_broker::chaos {
namespace {

namespace call = profile_broker::call;
using client::Connection;

Json texts_of(const client::HiveValues& values, bool data) {
  Json texts = Json::array();
  for (const auto& value : values.all()) {
    texts.push_back(data ? value.data : value.name);
  }
  return texts;
}

void add_status(Json& look, Connection& connection, client::Deadline deadline) {
  const auto status = client::typed<result::Status>(connection.ask(call::Status{}, deadline));
  if (!status) {
    look["absent"] = true;
    return;
  }
  look["recovering"] = status->recovering || look.value("recovering", false);
  look["journalWritable"] = status->journal_writable && look.value("journalWritable", true);
  look["counts"] = {{"profiles", status->profiles},
                    {"references", status->references},
                    {"claims", status->claims},
                    {"processes", status->processes}};
  look["instance"] = status->instance;
}

void add_holders(Json& look, Connection& connection, client::Deadline deadline) {
  const auto list = client::typed<result::List>(connection.ask(call::List{}, deadline));
  if (!list) {
    look["absent"] = true;
    return;
  }
  look["known"] = Json::array();
  for (const auto& profile : list->profiles) {
    for (const auto& holder : profile.holders) {
      look["known"].push_back(std::to_string(holder.process) + " " + profile.profile);
    }
  }
}

// Notices before the service: a reference goes from them to the service and not back, so that no
// look misses one on its way.
Json look_around(const SimulatedHive& hive) {
  const client::HiveMarks marks(client::HiveMarks::default_location());
  Json look = {{"notices", texts_of(marks.values().companion("Unregistered References"), true)},
               {"removals", texts_of(marks.values().companion("Removals"), true)}};
  const auto deadline = client::Clock::now() + std::chrono::seconds(2);
  auto connection = Connection::open(client::default_endpoint(), deadline);
  if (connection) {
    add_status(look, **connection, deadline);
    add_holders(look, **connection, deadline);
    add_status(look, **connection, deadline);
  } else {
    look["absent"] = true;
  }
  look["marks"] = texts_of(marks.values(), false);
  look["profiles"] = hive.profiles();
  return look;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) {
    std::fputs("chaos_probe HIVE (ORDERS MILLISECONDS | once)\n", stderr);
    return 2;
  }
  const Record record("probe");
  const SimulatedHive hive(arguments[0], record.who());
  record.line("started", std::uint64_t{this_process()});
  const bool once = arguments[1] == "once";
  for (std::uint64_t number = 1;
       once ? number == 1 : read_order(arguments[1]).what != Order::What::quit; ++number) {
    record.line("sampling", number);
    record.line("sample", number, look_around(hive).dump());
    if (!once) {
      std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(arguments[2])));
    }
  }
  record.line("ended");
  return 0;
}

}  // namespace
}  // namespace profile_broker::chaos

int main(int count, char** arguments) {
  try {
    return profile_broker::chaos::run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "chaos_probe: %s\n", error.what());
    return 3;
  }
}
