// Fork, connect until somebody listens, ask (start_posix.h).
#include "tests/bench/start_posix.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/bench/sockets_posix.h"

namespace profile_broker::bench {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kBetweenTries = 200us;
constexpr auto kPatience = 120s;

}  // namespace

std::variant<StartFigures, std::string> start_and_ask(const Wire& wire, const std::string& endpoint,
                                                      std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (auto& word : command) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  const auto began = Clock::now();
  const pid_t server = ::fork();
  if (server == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);  // ours is for figures
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  while (Clock::now() < began + kPatience) {
    if (::waitpid(server, nullptr, WNOHANG) == server) {
      return command[0] + " has ended";
    }
    const int socket = connected(wire, endpoint);
    if (socket >= 0) {
      std::string answer;
      const bool answered = ask(wire, socket, wire.request(Operation::query, 0), answer);
      const auto took = Clock::now() - began;
      ::close(socket);
      if (answered) {
        return StartFigures{std::chrono::duration<double, std::milli>(took).count(), server};
      }
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  return command[0] + " does not answer";
}

}  // namespace profile_broker::bench
