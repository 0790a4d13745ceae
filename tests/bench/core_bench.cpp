// What the service's own work costs, without a socket and without a second process: the real
// connections, dispatcher, table and journal (on a disk), with processes and byte streams of memory
// (tests/service/simulated_service.h). Times are processor time of this one thread, so that a busy
// machine disturbs little; a stretch is the longest piece of work after which somebody else could
// be served. Prints one line of JSON for bench.js.
//   bench-core --state FOLDER [--live N] [--processes N] [--hives N] [--seconds S]
//   bench-core --state FOLDER --operations N [--query]     only so many: for callgrind
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

#include <time.h>
#include <unistd.h>

#include "proto/framing.h"
#include "tests/bench/wire.h"
#include "tests/service/simulated_service.h"
#include "tests/support/process_facts_posix.h"

namespace {

using namespace profile_broker;
using namespace profile_broker::service;
using bench::Operation;

constexpr std::size_t kBatch = 32;  // requests that come in one read
constexpr std::size_t kConnections = 256;
constexpr std::size_t kSwept = 1'000;
constexpr std::size_t kHeldByOne = 4'096;
constexpr int kTimes = 5;

double processor_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct Size {
  std::size_t live = 10;
  std::size_t processes = 20'000;
  std::size_t hives = 1'000;
};

// A machine of accounts with processes that hold references, each with profiles of its own.
class Machine {
 public:
  struct Work {
    double total = 0;    // ns
    double longest = 0;  // of its stretches
  };

  Machine(const Size& size, JournalFile& journal, std::uint64_t small_journal)
      : size_(fitted(size)),
        wire_(bench::broker_wire()),
        service_(limits(), &journal, small_journal) {
    for (std::size_t i = 0; i < size_.processes; ++i) {
      service_.processes.begin(caller_of(i));
    }
    const auto before = resident_bytes(::getpid());
    for (std::size_t i = 0; i < size_.processes; ++i) {
      const auto connection = service_.connect(caller_of(i));
      acquire(*connection, i * of_each(), of_each());
      connection->peer_closed = true;
      send(*connection, {});
    }
    resident_bytes_ = static_cast<double>(resident_bytes(::getpid()) - before);
  }

  // All requests of operation_ns() so far were, and with a success.
  bool all_answered() const { return answered_; }

  double bytes_a_reference() const {
    return resident_bytes_ / static_cast<double>(service_.running->table.reference_count());
  }
  std::size_t live() const { return service_.running->table.reference_count(); }

  // Mean processor time of an operation over so many seconds of it.
  double operation_ns(Operation operation, double seconds, std::size_t at_most = SIZE_MAX) {
    prepare(operation);
    double spent = 0;
    std::size_t done = 0;
    for (std::size_t at = 0; spent < seconds * 1e9 && done < at_most;
         at = (at + 1) % kConnections) {
      auto& connection = *connections_[at];
      connection.incoming = batches_[at];
      const double before = processor_ns();
      connection.wake();
      run();
      spent += processor_ns() - before;
      answered_ = answered_ && !connection.closed &&
                  connection.outgoing.find(R"("error":{)") == std::string::npos;
      connection.outgoing.clear();
      done += kBatch;
    }
    return spent / static_cast<double>(done);
  }

  // One sweep of many names, for each name. in_use: they are other processes' profiles; else nobody
  // uses them.
  double sweep_ns(bool in_use) {
    const auto connection = service_.connect(caller_of(0));
    const std::size_t first = in_use ? 0 : 500'000'000;
    std::string names;
    for (std::size_t i = 0; i < kSwept; ++i) {
      names += (i == 0 ? "\"" : ",\"") + bench::entry_name(first + i) + '"';
    }
    const auto request = bench::broker_request("profile/sweep", R"({"profiles":[)" + names + "]}");
    return median([&] { return asked(*connection, request); }).total / kSwept;
  }

  Work end_of_holder() {
    std::size_t next = size_.processes;
    return median([&] {
      const Caller holder = caller_of(next++);
      service_.processes.begin(holder);
      const auto connection = service_.connect(holder);
      acquire(*connection, 600'000'000, kHeldByOne);
      asio::post(service_.running->context, service_.processes.end(holder.holder.key));
      return run();
    });
  }

  Work request(std::string_view method, std::string_view params, bool& refused) {
    Caller administrator = caller_of(0);
    administrator.elevated = true;
    const auto connection = service_.connect(administrator);
    const auto bytes = bench::broker_request(method, params);
    const Work work = median([&] {
      connection->outgoing.clear();
      return asked(*connection, bytes);
    });
    refused = connection->outgoing.find(R"("error":{)") != std::string::npos;
    return work;
  }

 private:
  static ServiceLimits limits() {
    ServiceLimits all;
    all.references_per_process = all.references_per_user = all.profiles_per_user = 100'000'000;
    all.connections_per_user = 100'000;
    return all;
  }
  static Size fitted(Size size) {
    size.processes = std::min(size.processes, size.live);
    size.hives = std::min(size.hives, size.processes);
    return size;
  }
  std::size_t of_each() const { return (size_.live + size_.processes - 1) / size_.processes; }

  Caller caller_of(std::size_t process) const {
    const std::size_t hive = process * size_.hives / size_.processes;
    const auto pid = static_cast<std::uint32_t>(1'000 + process);
    return {{{pid, 10'000'000 + process},
             "S-1-5-21-1004336348-1177238915-682003330-" + std::to_string(100'000 + hive),
             static_cast<std::uint32_t>(2 + hive),
             "outlook.exe"},
            false};
  }

  // The one in the middle, by its longest stretch.
  static Work median(const std::function<Work()>& once) {
    std::vector<Work> all;
    for (int i = 0; i < kTimes; ++i) {
      all.push_back(once());
    }
    std::sort(all.begin(), all.end(),
              [](const Work& a, const Work& b) { return a.longest < b.longest; });
    return all[all.size() / 2];
  }

  // Everything that can run, piece by piece.
  Work run() {
    auto& context = service_.running->context;
    context.restart();
    Work work;
    for (;;) {
      const double before = processor_ns();
      if (context.poll_one() == 0) {
        return work;
      }
      const double took = processor_ns() - before;
      work.total += took;
      work.longest = std::max(work.longest, took);
    }
  }
  Work asked(MemoryTransport& connection, std::string_view bytes) {
    connection.incoming.append(bytes);
    connection.wake();
    return run();
  }
  void send(MemoryTransport& connection, std::string_view bytes) {
    asked(connection, bytes);
    connection.outgoing.clear();
  }
  void acquire(MemoryTransport& connection, std::size_t first, std::size_t count) {
    std::string bytes;
    for (std::size_t i = first; i < first + count; ++i) {
      bytes += wire_->request(Operation::acquire, i);
    }
    send(connection, bytes);
  }

  // Connections of processes all over the machine, each with a batch of its own to send again and
  // again: pairs of entries that nobody holds, or queries of its account's entries.
  void prepare(Operation operation) {
    std::mt19937_64 random(1);
    connections_.clear();
    batches_.clear();
    for (std::size_t i = 0; i < kConnections; ++i) {
      const std::size_t process = random() % size_.processes;
      connections_.push_back(service_.connect(caller_of(process)));
      send(*connections_.back(), bench::broker_request("broker/hello", "{}"));
      std::string batch;
      for (std::size_t j = 0; j < kBatch; ++j) {
        const std::size_t fresh = 650'000'000 + i * kBatch + j;
        if (operation == Operation::query) {
          const std::size_t held = process * of_each() + random() % of_each();
          batch += wire_->request(Operation::query, held);
        } else {
          batch += wire_->request(Operation::acquire, fresh);
          batch += wire_->request(Operation::release, fresh);
        }
      }
      batches_.push_back(std::move(batch));
    }
  }

  const Size size_;
  std::unique_ptr<bench::Wire> wire_;
  SimulatedService service_;
  double resident_bytes_ = 0;
  bool answered_ = true;
  std::vector<std::shared_ptr<MemoryTransport>> connections_;
  std::vector<std::string> batches_;
};

void print(const char* name, const Machine::Work& work) {
  std::printf(",\"%s\":{\"total\":%.4f,\"longest\":%.4f}", name, work.total / 1e6,
              work.longest / 1e6);
}

void print_request(const char* name, Machine& machine, const char* method, const char* params) {
  bool refused = false;
  print(name, machine.request(method, params, refused));
  std::printf(",\"%sRefused\":%s", name, refused ? "true" : "false");
}

int refused() {
  std::fprintf(stderr, "bench-core: a request was refused, or a connection closed\n");
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("What the service's own work costs");
  Size size;
  std::string state;
  double seconds = 1;
  std::size_t operations = 0;
  bool query = false;
  app.add_option("--state", state, "Folder of the journal")->required();
  app.add_option("--live", size.live, "References that are held")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--processes", size.processes, "That hold them")->check(CLI::Range(1, 10'000'000));
  app.add_option("--hives", size.hives, "Of these processes")->check(CLI::Range(1, 10'000'000));
  app.add_option("--seconds", seconds, "Of processor time for each kind of operation");
  app.add_option("--operations", operations, "Only so many pairs, and nothing else");
  app.add_flag("--query", query, "With --operations: queries");
  CLI11_PARSE(app, count, arguments);

  auto opened = open_journal_file(state);
  if (const auto* failure = std::get_if<StartFailure>(&opened)) {
    std::fprintf(stderr, "bench-core: %s\n", failure->text.c_str());
    return 1;
  }
  // When a journal is made shorter is the disk's affair, and what is counted must not depend on it.
  constexpr std::uint64_t kNeverShorter = 1'000'000'000;
  Machine machine(size, *std::get<std::unique_ptr<JournalFile>>(opened),
                  operations > 0 ? kNeverShorter : Journal::kSmallJournal);
  if (operations > 0) {
    machine.operation_ns(query ? Operation::query : Operation::acquire, 1e9, operations);
    return machine.all_answered() ? 0 : refused();
  }
  std::printf("{\"live\":%zu,\"bytesAReference\":%.1f", machine.live(),
              machine.bytes_a_reference());
  std::printf(",\"pair\":%.1f", machine.operation_ns(Operation::acquire, seconds));
  std::printf(",\"query\":%.1f", machine.operation_ns(Operation::query, seconds));
  std::printf(",\"sweepHeld\":%.1f", machine.sweep_ns(true));
  if (!machine.all_answered()) {
    return refused();
  }
  print("endOfHolder", machine.end_of_holder());
  print_request("status", machine, "broker/status", "{}");
  print_request("list", machine, "profile/list", "{}");
  print_request("listAll", machine, "profile/list", R"({"all":true})");
  std::printf(",\"sweepFree\":%.1f}\n", machine.sweep_ns(false));  // last: it leaves claims behind
  return 0;
}
