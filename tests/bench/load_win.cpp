// The load generator for named pipes: a thread a connection, blocking, so many requests in one
// write. Every answer is checked. Processor times are those of the server's process and of
// wineserver, which does the work of Windows' kernel under Wine, both by their Linux process ids.
// Prints one line of JSON for windows_rounds.js.
//   bench-load-win --wire echo|broker --pipe NAME --server PID --kernel PID [OPTIONS]
//   bench-load-win --objects
#include <windows.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "tests/bench/processor_time.h"
#include "tests/bench/wire.h"

namespace {

using namespace profile_broker::bench;
using Clock = std::chrono::steady_clock;

struct Load {
  std::string wire_name = "broker";
  std::string pipe;
  std::size_t connections = 1;
  std::size_t in_flight = 1;
  bool query = false;
  double seconds = 0.7;
  std::uint64_t hold = 0;  // entries acquired before: queries ask for them
  std::int64_t server = 0;
  std::int64_t kernel = 0;
};

constexpr double kWarmUpShare = 0.25;
constexpr std::uint64_t kFirstEntry = 900'000'000;

// Entries that this process holds: the service may not have seen the end of the one before yet.
std::uint64_t held_entry(std::uint64_t nth) {
  constexpr std::uint64_t kProcesses = 100'000;
  constexpr std::uint64_t kOfEach = 1'000;
  return GetCurrentProcessId() % kProcesses * kOfEach + nth % kOfEach;
}

class PipeEnd {
 public:
  explicit PipeEnd(const std::string& name) {
    for (int tries = 0; tries < 500 && pipe_ == INVALID_HANDLE_VALUE; ++tries) {
      pipe_ = CreateFileA(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                          SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
      if (pipe_ == INVALID_HANDLE_VALUE) {
        Sleep(10);
      }
    }
  }
  ~PipeEnd() { CloseHandle(pipe_); }
  PipeEnd(const PipeEnd&) = delete;
  PipeEnd& operator=(const PipeEnd&) = delete;

  // What came last, or the system's error: for a person.
  std::string last_words() const {
    return unread_.empty() ? "error " + std::to_string(GetLastError()) : unread_.substr(0, 300);
  }

  // Sends them all and reads until each is answered.
  bool ask(const Wire& wire, Operation operation, const std::vector<std::string>& requests) {
    if (requests.empty()) {
      return true;
    }
    bytes_.clear();
    for (const auto& request : requests) {
      bytes_ += request;
    }
    DWORD sent = 0;
    if (!WriteFile(pipe_, bytes_.data(), static_cast<DWORD>(bytes_.size()), &sent, nullptr)) {
      return false;
    }
    for (std::size_t answered = 0; answered < requests.size();) {
      const auto length = wire.answer(unread_, operation, requests[answered].size());
      if (!length) {
        return false;
      }
      unread_.erase(0, *length);
      answered += *length > 0 ? 1 : 0;
      DWORD got = 0;
      if (*length == 0 && !ReadFile(pipe_, buffer_, sizeof buffer_, &got, nullptr)) {
        return false;
      }
      unread_.append(buffer_, got);
    }
    return true;
  }

 private:
  HANDLE pipe_ = INVALID_HANDLE_VALUE;
  std::string bytes_;
  std::string unread_;
  char buffer_[32'768];
};

// What all threads see.
struct Shared {
  std::atomic<bool> measuring = false;
  std::atomic<bool> over = false;
  std::atomic<bool> failed = false;
  std::atomic<std::size_t> rounds = 0;  // measured
};

// One connection's work, until it is over. The times of its rounds, in microseconds.
std::vector<double> work(const Load& load, const Wire& wire, std::size_t number, Shared& shared) {
  PipeEnd pipe(load.pipe);
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (std::size_t i = 0; i < load.in_flight; ++i) {
    const std::uint64_t entry = number * load.in_flight + i;
    if (load.query) {
      first.push_back(wire.request(Operation::query,
                                   held_entry(entry % std::max<std::uint64_t>(load.hold, 1))));
    } else {
      first.push_back(wire.request(Operation::acquire, kFirstEntry + entry));
      second.push_back(wire.request(Operation::release, kFirstEntry + entry));
    }
  }
  std::vector<double> times;
  while (!shared.over) {
    const auto began = Clock::now();
    if (!pipe.ask(wire, load.query ? Operation::query : Operation::acquire, first) ||
        !pipe.ask(wire, Operation::release, second)) {
      if (!shared.failed.exchange(true)) {
        std::fprintf(stderr, "bench-load-win: %s: %s\n", load.pipe.c_str(),
                     pipe.last_words().c_str());
      }
      return times;
    }
    if (shared.measuring) {
      ++shared.rounds;
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
    }
  }
  return times;
}

double at_share(const std::vector<double>& sorted, double share) {
  return sorted.empty()
             ? 0
             : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void sleep_seconds(double seconds) {
  Sleep(static_cast<DWORD>(seconds * 1000));
}

int measure(const Load& load) {
  const auto wire = load.wire_name == "echo" ? echo_wire() : broker_wire();
  PipeEnd holder(load.pipe);
  for (std::uint64_t i = 0; i < load.hold; ++i) {
    if (!holder.ask(*wire, Operation::acquire,
                    {wire->request(Operation::acquire, held_entry(i))})) {
      std::fprintf(stderr, "bench-load-win: %s\n", holder.last_words().c_str());
      return 1;
    }
  }
  Shared shared;
  std::vector<std::vector<double>> times(load.connections);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < load.connections; ++i) {
    threads.emplace_back([&, i] { times[i] = work(load, *wire, i, shared); });
  }
  sleep_seconds(load.seconds * kWarmUpShare);
  const auto server = processor_nanoseconds(load.server);
  const auto kernel = processor_nanoseconds(load.kernel);
  const auto began = Clock::now();
  shared.measuring = true;
  // On a busy machine a round of many requests may take longer than that.
  const std::size_t enough = 2 * load.connections;
  const auto latest = began + std::chrono::seconds(30);
  do {
    sleep_seconds(load.seconds);
  } while (shared.rounds < enough && !shared.failed && Clock::now() < latest);
  shared.measuring = false;
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const auto server_used = processor_nanoseconds(load.server) - server;
  const auto kernel_used = processor_nanoseconds(load.kernel) - kernel;
  shared.over = true;
  std::vector<double> all;
  for (std::size_t i = 0; i < load.connections; ++i) {
    threads[i].join();
    all.insert(all.end(), times[i].begin(), times[i].end());
  }
  if (shared.failed || all.empty()) {
    return 1;
  }
  std::sort(all.begin(), all.end());
  const double operations = static_cast<double>(all.size() * load.in_flight);
  std::printf(
      R"({"perSecond":%.1f,"p50":%.3f,"p99":%.3f,"p999":%.3f,"serverCpu":%.3f,"kernelCpu":%.3f})"
      "\n",
      operations / seconds, at_share(all, 0.5), at_share(all, 0.99), at_share(all, 0.999),
      static_cast<double>(server_used) / operations / 1000,
      static_cast<double>(kernel_used) / operations / 1000);
  return 0;
}

// A named mutex made and closed, as the kernel object that a program could use instead.
int measure_objects(double seconds) {
  std::vector<double> times;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (auto now = Clock::now(); now < end;) {
    const HANDLE mutex = CreateMutexW(nullptr, FALSE, L"Gateway profile of mailbox 000000001");
    CloseHandle(mutex);
    const auto then = Clock::now();
    times.push_back(std::chrono::duration<double, std::micro>(then - now).count());
    now = then;
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"p50\":%.3f,\"p99\":%.3f}\n", at_share(times, 0.5), at_share(times, 0.99));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Measures how a server of named references answers over a named pipe");
  Load load;
  bool objects = false;
  app.add_option("--wire", load.wire_name, "echo or broker")
      ->check(CLI::IsMember({"echo", "broker"}));
  app.add_option("--pipe", load.pipe, "Its name");
  app.add_option("--connections", load.connections, "Connections")->check(CLI::Range(1, 1'000));
  app.add_option("--in-flight", load.in_flight, "Requests in one write")->check(CLI::Range(1, 16));
  app.add_flag("--query", load.query, "Ask instead of acquiring and releasing");
  app.add_option("--hold", load.hold, "Entries to hold meanwhile; queries ask for them")
      ->check(CLI::Range(0, 1'000));
  app.add_option("--seconds", load.seconds, "How long");
  app.add_option("--server", load.server, "Linux process id of the server");
  app.add_option("--kernel", load.kernel, "Linux process id of wineserver");
  app.add_flag("--objects", objects, "A named mutex instead");
  CLI11_PARSE(app, count, arguments);
  return objects ? measure_objects(load.seconds) : measure(load);
}
