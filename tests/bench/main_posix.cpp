// The load generator's command line. Prints one line of JSON a measurement, for bench.js to
// collect.
//   bench-load measure ...   one measurement
//   bench-load hold ...      acquires entries, says "held", and holds them until its standard input
//   ends
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include <sched.h>
#include <sys/resource.h>

#include "tests/bench/load_posix.h"

namespace {

using namespace profile_broker::bench;

double percentile_us(std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) {
    return 0;
  }
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[at]) / 1000.0;
}

int print(Figures& figures) {
  auto& latencies = figures.latencies_ns;
  std::sort(latencies.begin(), latencies.end());
  std::printf(
      "{\"operations\":%llu,\"seconds\":%.6f,\"perSecond\":%.1f,\"p50\":%.3f,\"p99\":%.3f,\"p999\":"
      "%.3f,"
      "\"serverCpu\":%.4f,\"clientCpu\":%.4f}\n",
      static_cast<unsigned long long>(figures.operations), figures.seconds,
      static_cast<double>(figures.operations) / figures.seconds, percentile_us(latencies, 0.5),
      percentile_us(latencies, 0.99), percentile_us(latencies, 0.999), figures.server_ns / 1000.0,
      figures.client_ns / 1000.0);
  return 0;
}

int refused(const std::string& why) {
  std::fprintf(stderr, "bench-load: %s\n", why.c_str());
  return 1;
}

int hold(const Wire& wire, const std::string& endpoint, std::uint64_t first, std::uint64_t count) {
  const int socket = connected(wire, endpoint);
  if (socket < 0) {
    return refused("the server refused the connection");
  }
  if (const auto why = fill(wire, socket, first, count); !why.empty()) {
    return refused(why);
  }
  std::puts("held");
  std::fflush(stdout);
  std::cin.get();
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Measures how a server of named references answers");
  app.require_subcommand(1);
  std::string wire_name;
  Measurement what;
  bool query = false;
  int processor = -1;
  std::uint64_t first = 0;
  std::uint64_t entries = 10;
  const auto common = [&](CLI::App* verb) {
    verb->add_option("--wire", wire_name, "echo, broker, redis, dbus or etcd")->required();
    verb->add_option("--endpoint", what.endpoint, "Path of a socket, or a TCP port of 127.0.0.1")
        ->required();
  };
  auto* measuring = app.add_subcommand("measure", "One measurement");
  common(measuring);
  measuring->add_flag("--query", query, "Ask for held entries instead of acquiring and releasing");
  measuring->add_option("--connections", what.connections, "Connections")
      ->check(CLI::Range(1, 100'000));
  measuring->add_option("--in-flight", what.in_flight, "Requests in flight on each")
      ->check(CLI::Range(1, 1'000));
  measuring->add_option("--seconds", what.seconds, "How long");
  measuring->add_option("--server", what.server, "Process id of the server, for its processor time")
      ->required();
  measuring->add_option("--live", what.live, "How many entries are held");
  measuring->add_option("--processor", processor, "Run on this processor alone");
  auto* holding = app.add_subcommand("hold", "Hold entries until standard input ends");
  common(holding);
  holding->add_option("--first", first, "The first entry's number");
  holding->add_option("--entries", entries, "How many");
  CLI11_PARSE(app, count, arguments);

  const auto wire = wire_named(wire_name);
  if (!wire) {
    return refused("no such wire: " + wire_name);
  }
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  if (processor >= 0) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<unsigned>(processor), &only);
    ::sched_setaffinity(0, sizeof only, &only);
  }
  if (holding->parsed()) {
    return hold(*wire, what.endpoint, first, entries);
  }
  what.workload = query ? Workload::query : Workload::pair;
  auto result = measure(*wire, what);
  if (const auto* why = std::get_if<std::string>(&result)) {
    return refused(*why);
  }
  return print(std::get<Figures>(result));
}
