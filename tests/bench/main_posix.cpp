// The load generator's command line: one subcommand for each kind of measurement. Prints one line
// of JSON, for bench.js to collect. "hold", "crowd" and "start" then stay as they are until their
// standard input ends.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iostream>

#include <sched.h>
#include <sys/resource.h>

#include "tests/bench/crowd_posix.h"
#include "tests/bench/load_posix.h"
#include "tests/bench/objects_posix.h"
#include "tests/bench/sockets_posix.h"
#include "tests/bench/stall_posix.h"
#include "tests/bench/start_posix.h"
#include "tests/bench/storm_posix.h"

namespace {

using namespace profile_broker::bench;

// What every subcommand that talks to a server is told.
struct Server {
  std::string wire_name;
  std::string endpoint;
  pid_t process = 0;
  std::unique_ptr<Wire> wire;

  void options(CLI::App& verb) {
    verb.add_option("--wire", wire_name, "echo, broker, redis, dbus or etcd")
        ->required()
        ->check([this](const std::string& name) {
          wire = wire_named(name);
          return wire ? std::string() : "no such wire: " + name;
        });
    verb.add_option("--endpoint", endpoint, "Path of a socket, or a TCP port of 127.0.0.1")
        ->required();
    verb.add_option("--server", process, "Process id of the server, for its processor time");
  }
};

double percentile_us(const std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) {
    return 0;
  }
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[at]) / 1000.0;
}

int refused(const std::string& why) {
  std::fprintf(stderr, "bench-load: %s\n", why.c_str());
  return 1;
}

int stay() {
  std::fflush(stdout);
  std::cin.get();
  return 0;
}

int measure_load(const Server& server, Measurement what) {
  what.endpoint = server.endpoint;
  what.server = server.process;
  auto result = measure(*server.wire, what);
  if (const auto* why = std::get_if<std::string>(&result)) {
    return refused(*why);
  }
  auto& figures = std::get<Figures>(result);
  auto& latencies = figures.latencies_ns;
  std::sort(latencies.begin(), latencies.end());
  std::printf(
      R"({"operations":%llu,"seconds":%.6f,"perSecond":%.1f,"p50":%.3f,"p99":%.3f,"p999":%.3f,)"
      R"("serverCpu":%.4f,"clientCpu":%.4f})"
      "\n",
      static_cast<unsigned long long>(figures.operations), figures.seconds,
      static_cast<double>(figures.operations) / figures.seconds, percentile_us(latencies, 0.5),
      percentile_us(latencies, 0.99), percentile_us(latencies, 0.999), figures.server_ns / 1000.0,
      figures.client_ns / 1000.0);
  return 0;
}

int hold(const Server& server, std::uint64_t first, std::uint64_t count) {
  const int socket = connected(*server.wire, server.endpoint);
  if (socket < 0) {
    return refused("the server refused the connection");
  }
  if (const auto why = fill(*server.wire, socket, first, count); !why.empty()) {
    return refused(why);
  }
  std::puts(R"({"held":true})");
  return stay();
}

int make_crowd(const Server& server, Crowd crowd) {
  crowd.endpoint = server.endpoint;
  if (const auto why = gather(*server.wire, crowd); !why.empty()) {
    return refused(why);
  }
  std::puts(R"({"held":true})");
  return stay();
}

int start(const Server& server, const std::vector<std::string>& command) {
  const auto started = start_and_ask(*server.wire, server.endpoint, command);
  if (const auto* why = std::get_if<std::string>(&started)) {
    return refused(*why);
  }
  const auto& figures = std::get<StartFigures>(started);
  std::printf("{\"milliseconds\":%.3f,\"process\":%d}\n", figures.milliseconds, figures.process);
  return stay();
}

int make_storm(const Server& server, std::size_t programs) {
  constexpr std::uint64_t kEntries = 800'000'000;
  auto figures = storm(*server.wire, server.endpoint, programs, kEntries, server.process);
  auto& latencies = figures.latencies_ns;
  std::sort(latencies.begin(), latencies.end());
  std::printf("{\"seconds\":%.6f,\"p50\":%.1f,\"p99\":%.1f,\"refused\":%llu,\"serverCpu\":%.3f}\n",
              figures.seconds, percentile_us(latencies, 0.5), percentile_us(latencies, 0.99),
              static_cast<unsigned long long>(figures.refused), figures.server_ns / 1000.0);
  if (figures.refused > 0) {
    std::fprintf(stderr, "bench-load: refused: %s\n", figures.first_refusal.c_str());
  }
  return 0;
}

void print_list(const char* name, const std::vector<double>& numbers) {
  std::printf("\"%s\":[", name);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::printf("%s%.4f", i == 0 ? "" : ",", numbers[i]);
  }
  std::printf("],");
}

int measure_stall(const Server& server, Stall what) {
  what.endpoint = server.endpoint;
  const auto result = stall(what);
  if (const auto* why = std::get_if<std::string>(&result)) {
    return refused(*why);
  }
  const auto& figures = std::get<StallFigures>(result);
  std::printf("{");
  print_list("longest", figures.longest_ms);
  print_list("quiet", figures.quiet_ms);
  std::printf("\"typical\":%.2f,\"happened\":%s,\"refused\":%s}\n", figures.typical_us,
              figures.happened ? "true" : "false",
              figures.heard.find(R"("error":{)") == std::string::npos ? "false" : "true");
  return 0;
}

int print_objects(const std::string& folder, double seconds) {
  const auto all = measure_objects(folder, seconds);
  std::printf("[");
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::printf("%s{\"name\":\"%s\",\"pair\":%.3f}", i == 0 ? "" : ",", all[i].name.c_str(),
                all[i].pair_us);
  }
  std::printf("]\n");
  return 0;
}

void raise_descriptor_limit() {
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
}

void run_on(int processor) {
  if (processor >= 0) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<unsigned>(processor), &only);
    ::sched_setaffinity(0, sizeof only, &only);
  }
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Measures how a server of named references answers");
  app.require_subcommand(1);
  int processor = -1;
  app.add_option("--processor", processor, "Run on this processor alone");
  Server server;
  std::function<int()> work;
  const auto verb = [&](const char* name, const char* meaning, auto run) {
    auto* added = app.add_subcommand(name, meaning);
    added->callback([&work, run] { work = run; });
    return added;
  };

  Measurement what;
  bool query = false;
  auto* measuring = verb("measure", "One measurement", [&] {
    what.workload = query ? Workload::query : Workload::pair;
    return measure_load(server, what);
  });
  server.options(*measuring);
  measuring->add_flag("--query", query, "Ask for held entries instead of acquiring and releasing");
  measuring->add_option("--connections", what.connections, "Connections")
      ->check(CLI::Range(1, 100'000));
  measuring->add_option("--in-flight", what.in_flight, "Requests in flight on each")
      ->check(CLI::Range(1, 1'000));
  measuring->add_option("--seconds", what.seconds, "How long");
  measuring->add_option("--live", what.live, "How many entries are held")
      ->check(CLI::Range(1, 100'000'000));

  std::uint64_t first = 0;
  std::uint64_t entries = 10;
  auto* holding = verb("hold", "Hold entries", [&] { return hold(server, first, entries); });
  server.options(*holding);
  holding->add_option("--first", first, "The first entry's number");
  holding->add_option("--entries", entries, "How many");

  Crowd crowd;
  auto* crowding = verb("crowd", "Many processes, each with some references",
                        [&] { return make_crowd(server, crowd); });
  server.options(*crowding);
  crowding->add_option("--processes", crowd.processes, "How many")->check(CLI::Range(1, 1'000'000));
  crowding->add_option("--references", crowd.references, "Of each")
      ->check(CLI::Range(1, 1'000'000));
  crowding->add_option("--accounts", crowd.accounts, "That they belong to; more than 1 needs root")
      ->check(CLI::Range(1, 1'000'000));

  auto* starting = verb("start", "A server's start to its first answer",
                        [&] { return start(server, app.get_subcommand("start")->remaining()); });
  server.options(*starting);
  starting->prefix_command();

  std::size_t programs = 5'000;
  auto* storming =
      verb("storm", "So many programs at once", [&] { return make_storm(server, programs); });
  server.options(*storming);
  storming->add_option("--programs", programs, "How many")->check(CLI::Range(1, 1'000'000));

  Stall disturbed;
  const std::map<std::string, Disturbance> disturbances = {
      {"status", Disturbance::status},
      {"list", Disturbance::list},
      {"end-of-holder", Disturbance::end_of_holder},
      {"churn", Disturbance::churn}};
  auto* stalling = verb("stall", "The longest that nobody else is served",
                        [&] { return measure_stall(server, disturbed); });
  server.options(*stalling);
  stalling->add_option("--by", disturbed.disturbance, "What is done meanwhile")
      ->required()
      ->transform(CLI::CheckedTransformer(disturbances));
  stalling->add_option("--times", disturbed.times, "How often")->check(CLI::Range(1, 1'000));
  stalling->add_option("--references", disturbed.references, "Of the process that is killed");
  stalling->add_option("--seconds", disturbed.seconds, "How long pairs are made at most");

  std::string folder;
  double seconds = 0.3;
  auto* objects = verb("objects", "What named objects of the kernel cost",
                       [&] { return print_objects(folder, seconds); });
  objects->add_option("--folder", folder, "For lock files")->required();
  objects->add_option("--seconds", seconds, "How long, for each kind");

  CLI11_PARSE(app, count, arguments);
  raise_descriptor_limit();
  run_on(processor);
  return work();
}
