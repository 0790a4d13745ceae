#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "service/process_pin.h"
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
