// A client process of a chaos run: a few threads that live at random (worker.h), until the
// conductor's order or its kill.
//
//   chaos_client WHO SEED HIVE ORDERS PACE [blind | sweep]
//
// PACE: milliseconds at most between two things that a thread does.
// blind: it deletes without asking the broker. sweep: it lives no life but sweeps until nothing is
// left to remove, and ends.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "tests/chaos/system.h"
#include "tests/chaos/worker.h"

namespace profile_broker::chaos {
namespace {

constexpr std::chrono::milliseconds kLook{20};

void sweep_up(const Record& record) {
  std::uint32_t removed = 0;
  PROFILE_BROKER_RESULT result = 0;
  do {
    result = ProfileBrokerSweep(&removed);
    record.line("swept", std::uint64_t{static_cast<std::uint32_t>(result)}, std::uint64_t{removed});
  } while (!FAILED(result) && removed > 0);
}

void live(Program& program, std::uint64_t seed, const std::string& orders) {
  std::deque<Worker> workers;
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i <= seed % 3; ++i) {
    auto& worker = workers.emplace_back(program, seed * 8 + i);
    threads.emplace_back([&worker] { worker.run(); });
  }
  std::uint64_t told = 0;
  for (;;) {
    const auto order = read_order(orders);
    program.order = order.what;
    if (order.what == Order::What::quit) {
      break;
    }
    const bool parked = std::all_of(workers.begin(), workers.end(),
                                    [](const Worker& worker) { return worker.is_parked(); });
    if (order.what == Order::What::pause && parked && told != order.number) {
      told = order.number;
      program.record.line("paused", told);
    }
    std::this_thread::sleep_for(kLook);
  }
  for (auto& thread : threads) {
    thread.join();
  }
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 5) {
    std::fputs("chaos_client WHO SEED HIVE ORDERS PACE [blind | sweep]\n", stderr);
    return 2;
  }
  const auto mode = arguments.size() > 5 ? arguments[5] : std::string();
  Program program{Record(arguments[0]), SimulatedHive(arguments[2], arguments[0]),
                  static_cast<unsigned>(std::stoul(arguments[4])), mode == "blind"};
  ProfileBrokerSetRemover(remove_profile, &program);
  program.record.line("started", std::uint64_t{this_process()});
  if (mode == "sweep") {
    sweep_up(program.record);
  } else {
    live(program, std::stoull(arguments[1]), arguments[3]);
  }
  program.record.line("ended");
  return 0;
}

}  // namespace
}  // namespace profile_broker::chaos

int main(int count, char** arguments) {
  try {
    return profile_broker::chaos::run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "chaos_client: %s\n", error.what());
    return 3;
  }
}
