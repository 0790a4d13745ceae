// Forking and waiting (crowd_posix.h).
#include "tests/bench/crowd_posix.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "tests/bench/sockets_posix.h"

namespace profile_broker::bench {
namespace {

constexpr uid_t kFirstAccount = 2'000'000;
constexpr std::size_t kAtOnce = 32;

// A child that does its work, writes one byte (0: well done) and waits for the end of its parent.
pid_t started(int report, const std::function<bool()>& work) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) {
    return child;
  }
  const char result = work() ? 0 : 1;
  // After a change of account, which takes this back.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent || ::write(report, &result, 1) != 1 || result != 0) {
    ::_exit(1);
  }
  for (;;) {
    ::pause();
  }
}

bool reported(int report) {
  char result = 1;
  return ::read(report, &result, 1) == 1 && result == 0;
}

bool holds(const Wire& wire, const std::string& endpoint, std::uint64_t first,
           std::uint64_t count) {
  const int socket = connected(wire, endpoint);
  const bool held = socket >= 0 && fill(wire, socket, first, count).empty();
  ::close(socket);
  return held;
}

}  // namespace

std::string gather(const Wire& wire, const Crowd& crowd) {
  int report[2];
  const std::filesystem::path endpoint(crowd.endpoint);
  // Accounts that may not pass the folders above reach the socket from its own.
  if (::pipe(report) != 0 || ::chdir(endpoint.parent_path().c_str()) != 0) {
    return "no pipe, or no such folder";
  }
  const std::string near = "./" + endpoint.filename().string();
  const std::size_t in_an_account = (crowd.processes + crowd.accounts - 1) / crowd.accounts;
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < crowd.processes; ++i) {
    const auto account = static_cast<uid_t>(i / in_an_account);
    const pid_t child = started(report[1], [&] {
      const uid_t user = kFirstAccount + account;
      return (account == 0 || ::setresuid(user, user, user) == 0) &&
             holds(wire, near, i * crowd.references, crowd.references);
    });
    if (child < 0) {
      return "only " + std::to_string(i) + " processes can be made";
    }
    if (++waiting == kAtOnce) {
      --waiting;
      if (!reported(report[0])) {
        return "a process was refused";
      }
    }
  }
  for (; waiting > 0; --waiting) {
    if (!reported(report[0])) {
      return "a process was refused";
    }
  }
  return {};
}

pid_t holder_of(const Wire& wire, const std::string& endpoint, std::uint64_t first,
                std::uint64_t count) {
  int report[2];
  if (::pipe(report) != 0) {
    return -1;
  }
  const pid_t child = started(report[1], [&] { return holds(wire, endpoint, first, count); });
  const bool good = child > 0 && reported(report[0]);
  ::close(report[0]);
  ::close(report[1]);
  return good ? child : -1;
}

}  // namespace profile_broker::bench
