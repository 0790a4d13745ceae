// What the client library costs a program: its processor time a call, over that of a bare write and
// read of the same question on the same socket, in turns; what a temporary profile costs, whose
// mark is written to the hive and whose removal follows its last reference; and how many threads
// the process has afterwards. The service is found through MAPI_PROFILE_BROKER_ENDPOINT, as the
// library finds it. Prints one line of JSON.
//   bench-library ENDPOINT
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <vector>

#include <time.h>
#include <unistd.h>

#include "profile_broker/client.h"
#include "tests/bench/sockets_posix.h"
#include "tests/bench/wire.h"

namespace {

using namespace profile_broker::bench;

constexpr int kTurns = 15;
constexpr int kCallsATurn = 2'000;
constexpr int kTemporaryProfilesATurn = 50;
constexpr std::uint64_t kEntry = 850'000'000;

double processor_us() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Of one of many; negative when one failed.
double us_of(const std::function<bool()>& once, int times = kCallsATurn) {
  const double before = processor_us();
  for (int i = 0; i < times; ++i) {
    if (!once()) {
      return -1;
    }
  }
  return (processor_us() - before) / times;
}

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[numbers.size() / 2];
}

// The library's way and the bare one, in turns.
struct Compared {
  double library = 0;
  double own = 0;
  bool good = true;

  Compared(const std::function<bool()>& with_library, const std::function<bool()>& bare) {
    std::vector<double> all;
    std::vector<double> differences;
    for (int i = 0; i < kTurns; ++i) {
      const double ours = us_of(with_library);
      const double least = us_of(bare);
      good = good && ours >= 0 && least >= 0;
      all.push_back(ours);
      differences.push_back(ours - least);
    }
    library = median(all);
    own = median(differences);
  }
};

// Acquiring a profile that is to be deleted with its last reference, releasing it, and the removal
// but for the remover's own work; negative when one failed.
double us_of_temporary(const std::string& name) {
  ProfileBrokerSetRemover([](const char*, void*) -> PROFILE_BROKER_RESULT { return 0; }, nullptr);
  std::vector<double> all;
  for (int i = 0; i < kTurns; ++i) {
    all.push_back(us_of(
        [&] {
          PROFILE_BROKER_REFERENCE reference = nullptr;
          return ProfileBrokerAcquireA(name.c_str(), PROFILE_BROKER_TEMPORARY, &reference) == 0 &&
                 ProfileBrokerRelease(reference) == 0;
        },
        kTemporaryProfilesATurn));
  }
  return *std::min_element(all.begin(), all.end()) < 0 ? -1 : median(all);
}

std::size_t threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: bench-library ENDPOINT\n");
    return 2;
  }
  ::setenv("MAPI_PROFILE_BROKER_ENDPOINT", arguments[1], 1);
  const auto wire = broker_wire();
  const int socket = connected(*wire, arguments[1]);
  const auto name = entry_name(kEntry);
  const auto acquire = wire->request(Operation::acquire, kEntry);
  const auto release = wire->request(Operation::release, kEntry);
  const auto query = wire->request(Operation::query, kEntry);
  std::string answer;
  const auto asked = [&](const std::string& request) {
    return ask(*wire, socket, request, answer) &&
           wire->answer(answer, Operation::query, 0).has_value();
  };
  const Compared pair(
      [&] {
        PROFILE_BROKER_REFERENCE reference = nullptr;
        return ProfileBrokerAcquireA(name.c_str(), 0, &reference) == 0 &&
               ProfileBrokerRelease(reference) == 0;
      },
      [&] { return asked(acquire) && asked(release); });
  const Compared question(
      [&] {
        PROFILE_BROKER_USAGE usage{};
        usage.size = sizeof usage;
        return ProfileBrokerQueryA(name.c_str(), &usage) == 0;
      },
      [&] { return asked(query); });
  const double temporary = us_of_temporary(name + " temporary");
  if (socket < 0 || !pair.good || !question.good || temporary < 0) {
    std::fprintf(stderr, "bench-library: the service at %s does not answer\n", arguments[1]);
    return 1;
  }
  std::printf(
      "{\"pair\":%.3f,\"pairOwn\":%.3f,\"query\":%.3f,\"queryOwn\":%.3f,"
      "\"temporary\":%.3f,\"threads\":%zu}\n",
      pair.library, pair.own / 2, question.library, question.own, temporary, threads());
  return 0;
}
