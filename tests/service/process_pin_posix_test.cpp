#include "service/process_pin_posix.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <string>

#include "tests/support/catch.h"

using namespace profile_broker::service;
namespace asio = boost::asio;

namespace {

// A real process that waits to be killed.
pid_t start_child() {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) {
      ::pause();
    }
  }
  return child;
}

void* stay(void*) {
  for (;;) {
    ::pause();
  }
}

char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string content;
  std::getline(file, content);
  return content.at(content.rfind(')') + 2);
}

}  // namespace

TEST_CASE("a killed process is seen to end, before anybody has reaped it") {
  asio::io_context context;
  const pid_t child = start_child();
  auto pin = pin_process(context.get_executor(), static_cast<std::uint32_t>(child));
  REQUIRE(pin);
  CHECK(pin->key().pid == static_cast<std::uint32_t>(child));
  CHECK(pin->key().created != 0);
  CHECK_FALSE(pin->image().empty());
  int ended = 0;
  pin->wait_for_end([&] {
    ++ended;
    pin.reset();  // as ProcessWatch does
  });
  context.poll();
  CHECK(ended == 0);
  ::kill(child, SIGKILL);
  context.restart();
  context.run_for(std::chrono::seconds(10));
  CHECK(ended == 1);
  CHECK_FALSE(pin_process(context.get_executor(),
                          static_cast<std::uint32_t>(child)));  // a zombie has ended
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(pin_process(context.get_executor(), static_cast<std::uint32_t>(child)));
}

TEST_CASE("a process that runs is not taken for one that has ended at the same moment as another") {
  asio::io_context context;
  const pid_t children[] = {start_child(), start_child()};
  std::unique_ptr<ProcessPin> pins[2];
  std::unique_ptr<ProcessPin> own;
  int told = 0;
  bool own_ended = false;
  for (int i = 0; i < 2; ++i) {
    pins[i] = pin_process(context.get_executor(), static_cast<std::uint32_t>(children[i]));
    REQUIRE(pins[i]);
    pins[i]->wait_for_end([&, i] {
      ++told;
      // Asio has the other one's news in hand already, and what it keeps for that descriptor is
      // used again for the next.
      pins[1 - i].reset();
      own = pin_process(context.get_executor(), static_cast<std::uint32_t>(::getpid()));
      own->wait_for_end([&] { own_ended = true; });
    });
  }
  context.poll();
  for (const pid_t child : children) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  context.restart();
  while (told == 0) {
    context.run_one_for(std::chrono::seconds(10));
  }
  context.run_for(std::chrono::milliseconds(20));
  CHECK(told == 1);  // a pin that is gone tells nothing
  CHECK_FALSE(own_ended);
}

TEST_CASE(
    "a process that there is no descriptor left to look at may run; one that has ended may not") {
  asio::io_context context;
  const pid_t child = start_child();
  const auto pid = static_cast<std::uint32_t>(child);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  bool may_run = false;
  const auto pin = pin_process(context.get_executor(), pid, may_run);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK_FALSE(pin);
  CHECK(may_run);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(pin_process(context.get_executor(), pid, may_run));
  CHECK_FALSE(may_run);
}

TEST_CASE("a process whose first thread has ended is pinned, and ends with its last thread") {
  asio::io_context context;
  const pid_t child = ::fork();
  if (child == 0) {
    pthread_t other;
    if (::pthread_create(&other, nullptr, stay, nullptr) == 0) {
      ::syscall(SYS_exit, 0);  // this thread alone
    }
    ::_exit(1);
  }
  for (int i = 0; i < 60'000 && state_of(child) != 'Z'; ++i) {
    ::poll(nullptr, 0, 1);
  }
  REQUIRE(state_of(child) == 'Z');
  auto pin = pin_process(context.get_executor(), static_cast<std::uint32_t>(child));
  REQUIRE(pin);
  int ended = 0;
  pin->wait_for_end([&] {
    ++ended;
    pin.reset();
  });
  context.poll();
  CHECK(ended == 0);
  ::kill(child, SIGKILL);
  context.restart();
  context.run_for(std::chrono::seconds(10));
  CHECK(ended == 1);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("a process that lives and cannot be looked up may run; in doubt it holds what it holds") {
  asio::io_context context;
  const pid_t child = start_child();
  const auto pidfd_of_child = [&] {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  };
  constexpr std::uint32_t kNotInProc = 0x3FFFFFFF;  // as an entry that is hidden, or half gone
  bool may_run = false;
  CHECK_FALSE(pin_pidfd(context.get_executor(), kNotInProc, pidfd_of_child(), may_run));
  CHECK(may_run);
  ::kill(child, SIGKILL);
  siginfo_t dead{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &dead, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(pin_pidfd(context.get_executor(), kNotInProc, pidfd_of_child(), may_run));
  CHECK_FALSE(may_run);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("two pins of one process have one key") {
  asio::io_context context;
  const auto self = static_cast<std::uint32_t>(::getpid());
  CHECK(pin_process(context.get_executor(), self)->key() ==
        pin_process(context.get_executor(), self)->key());
}

TEST_CASE("a pin that is dropped never calls") {
  asio::io_context context;
  const pid_t child = start_child();
  bool called = false;
  {
    auto pin = pin_process(context.get_executor(), static_cast<std::uint32_t>(child));
    REQUIRE(pin);
    pin->wait_for_end([&] { called = true; });
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  context.run_for(std::chrono::milliseconds(50));
  CHECK_FALSE(called);
}

TEST_CASE("a pid that nobody has cannot be pinned") {
  asio::io_context context;
  CHECK_FALSE(pin_process(context.get_executor(), 0x3FFFFFFF));
}

TEST_CASE("a process that is pinned is pinned again by its pid, until it ends or is let go") {
  asio::io_context context;
  const auto executor = context.get_executor();
  PinnedProcesses processes;
  const pid_t child = start_child();
  const auto pid = static_cast<std::uint32_t>(child);
  const auto pidfd = [child] {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  };
  CHECK_FALSE(processes.pin_again(executor, pid));
  bool may_run = false;
  auto first = processes.pin(executor, pid, pidfd(), may_run);
  REQUIRE(first);
  auto second = processes.pin_again(executor, pid);
  REQUIRE(second);
  CHECK(second->key() == first->key());
  CHECK(second->image() == first->image());
  CHECK(second->session() == first->session());

  second.reset();
  first.reset();  // nobody keeps the pid from being used again
  CHECK_FALSE(processes.pin_again(executor, pid));

  first = processes.pin(executor, pid, pidfd(), may_run);
  second = processes.pin_again(executor, pid);
  REQUIRE((first && second));
  int first_told = 0;
  int second_told = 0;
  first->wait_for_end([&] { ++first_told; });
  second->wait_for_end([&] {
    ++second_told;
    second.reset();
  });
  first.reset();  // the other one goes on waiting
  ::kill(child, SIGKILL);
  context.run_for(std::chrono::minutes(1));
  CHECK(first_told == 0);
  CHECK(second_told == 1);
  CHECK_FALSE(processes.pin_again(executor, pid));
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("a process that has ended is not taken for the one that has its pid now") {
  asio::io_context context;
  const auto executor = context.get_executor();
  PinnedProcesses processes;
  const pid_t child = start_child();
  const auto pid = static_cast<std::uint32_t>(child);
  bool may_run = false;
  const auto pin = processes.pin(
      executor, pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))), may_run);
  REQUIRE(pin);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);                     // the pid is free
  CHECK_FALSE(processes.pin_again(executor, pid));  // though it is pinned still
}
