// The one who asks, and the one who disturbs (stall_posix.h).
#include "tests/bench/stall_posix.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/bench/crowd_posix.h"
#include "tests/bench/sockets_posix.h"

namespace profile_broker::bench {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint64_t kEntries = 700'000'000;  // of the processes that are killed
constexpr std::uint64_t kChurned = 750'000'000;
constexpr std::uint64_t kInFlight = 32;
constexpr auto kAfterwards = 100ms;  // what the service may put off
constexpr auto kBetweenLooks = 250ms;

// Asks in a thread of its own until it is told to stop. Blocking: what it waits for is the answer.
class Asker {
 public:
  explicit Asker(const std::string& endpoint)
      : wire_(broker_wire()), socket_(connected(*wire_, endpoint)), thread_([this] { run(); }) {}
  ~Asker() {
    ending_ = true;
    thread_.join();
    ::close(socket_);
  }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  void begin() { longest_ = 0; }
  double longest_ms() const { return static_cast<double>(longest_.load()) / 1e6; }
  double mean_us() const {
    return static_cast<double>(sum_.load()) / 1e3 /
           static_cast<double>(std::max<std::int64_t>(asked_.load(), 1));
  }
  bool gone() const { return gone_; }

 private:
  void run() {
    // Shares the processor with the one who disturbs, and goes first where it may (as root).
    constexpr int kFirst = -10;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kFirst);
    const auto request = wire_->request(Operation::query, 0);
    std::string answer;
    while (!ending_) {
      const auto began = Clock::now();
      if (!ask(*wire_, socket_, request, answer)) {
        gone_ = true;
        return;
      }
      const std::int64_t took = (Clock::now() - began).count();
      sum_ += took;
      ++asked_;
      longest_ = std::max(longest_.load(), took);
    }
  }

  std::unique_ptr<Wire> wire_;
  int socket_;
  std::atomic<bool> ending_ = false;
  std::atomic<bool> gone_ = false;
  std::atomic<std::int64_t> longest_ = 0;
  std::atomic<std::int64_t> sum_ = 0;
  std::atomic<std::int64_t> asked_ = 0;
  std::thread thread_;
};

class Disturber {
 public:
  explicit Disturber(const Stall& what)
      : what_(what), wire_(broker_wire()), socket_(connected(*wire_, what.endpoint)) {}
  ~Disturber() { ::close(socket_); }
  Disturber(const Disturber&) = delete;
  Disturber& operator=(const Disturber&) = delete;

  std::string heard;
  bool happened = true;

  // Before the one who asks is there, since it forks.
  bool prepare() {
    for (std::size_t i = 0; what_.disturbance == Disturbance::end_of_holder && i < what_.times;
         ++i) {
      holders_.push_back(
          holder_of(*wire_, what_.endpoint, kEntries + i * what_.references, what_.references));
      if (holders_.back() < 0) {
        return false;
      }
    }
    return socket_ >= 0;
  }

  bool disturb(std::size_t nth) {
    switch (what_.disturbance) {
      case Disturbance::status:
        return ask(*wire_, socket_, broker_request("broker/status", "{}"), heard);
      case Disturbance::list:
        return ask(*wire_, socket_, broker_request("profile/list", R"({"all":true})"), heard);
      case Disturbance::end_of_holder:
        ::kill(holders_[nth], SIGKILL);
        return ::waitpid(holders_[nth], nullptr, 0) == holders_[nth];
      case Disturbance::churn:
        break;
    }
    return churn();
  }

 private:
  std::uint64_t records() {
    constexpr std::string_view kRecords = R"("records":)";
    if (!ask(*wire_, socket_, broker_request("broker/status", "{}"), heard)) {
      return 0;
    }
    const auto at = heard.find(kRecords);
    return at == std::string::npos
               ? 0
               : std::strtoull(heard.c_str() + at + kRecords.size(), nullptr, 10);
  }

  // A journal that has fewer records than it had was compacted.
  bool churn() {
    const auto end = Clock::now() + std::chrono::duration<double>(what_.seconds);
    std::string releases;
    for (std::uint64_t i = 0; i < kInFlight; ++i) {
      releases += wire_->request(Operation::release, kChurned + i);
    }
    std::string answers;
    std::uint64_t before = records();
    auto next_look = Clock::now() + kBetweenLooks;
    while (Clock::now() < end) {
      if (!fill(*wire_, socket_, kChurned, kInFlight).empty() || !send_all(socket_, releases)) {
        return false;
      }
      answers.clear();
      for (std::uint64_t answered = 0; answered < kInFlight;) {
        const auto length = wire_->answer(answers, Operation::release, 0);
        if (!length || (*length == 0 && !receive_more(socket_, answers))) {
          return false;
        }
        answers.erase(0, *length);
        answered += *length > 0 ? 1 : 0;
      }
      if (Clock::now() >= next_look) {
        const auto now = records();
        if (now < before) {
          return true;
        }
        before = now;
        next_look = Clock::now() + kBetweenLooks;
      }
    }
    happened = false;
    return true;
  }

  const Stall& what_;
  std::unique_ptr<Wire> wire_;
  int socket_;
  std::vector<pid_t> holders_;
};

}  // namespace

std::variant<StallFigures, std::string> stall(const Stall& what) {
  Disturber disturber(what);
  if (!disturber.prepare()) {
    return "the service does not answer";
  }
  StallFigures figures;
  Asker asker(what.endpoint);
  std::this_thread::sleep_for(kAfterwards);
  figures.typical_us = asker.mean_us();
  const std::size_t times = what.disturbance == Disturbance::churn ? 1 : what.times;
  for (std::size_t i = 0; i < times; ++i) {
    asker.begin();
    const auto began = Clock::now();
    if (!disturber.disturb(i)) {
      return "the service closed a connection: " + disturber.heard.substr(0, 300);
    }
    std::this_thread::sleep_for(kAfterwards);
    figures.longest_ms.push_back(asker.longest_ms());
    const auto took = Clock::now() - began;
    asker.begin();
    std::this_thread::sleep_for(std::min<Clock::duration>(took, 2s));
    figures.quiet_ms.push_back(asker.longest_ms());
  }
  if (asker.gone()) {
    return "the service closed the connection of the one who asks";
  }
  figures.heard = disturber.heard.substr(0, 200);
  figures.happened = disturber.happened;
  return figures;
}

}  // namespace profile_broker::bench
