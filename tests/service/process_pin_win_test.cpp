#include <boost/asio/io_context.hpp>
#include <chrono>

#include "service/process_pin.h"
#include "tests/service/child_process_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

TEST_CASE("A pinned process has its pid, creation time, session and program name") {
  boost::asio::io_context context;
  const ChildProcess child("pipe_client.exe wait");
  const auto pin = pin_process(context.get_executor(), child.pid());
  REQUIRE(pin);
  CHECK(pin->key().pid == child.pid());
  CHECK(pin->key().created != 0);
  CHECK(pin->image() == "pipe_client.exe");
  DWORD session = 0;
  REQUIRE(ProcessIdToSessionId(child.pid(), &session) != FALSE);
  CHECK(pin->session() == session);
  const auto again = pin_process(context.get_executor(), child.pid());
  REQUIRE(again);
  CHECK(again->key() == pin->key());
}

TEST_CASE("The end of a killed process is told, once") {
  boost::asio::io_context context;
  ChildProcess child("pipe_client.exe wait");
  const auto pin = pin_process(context.get_executor(), child.pid());
  REQUIRE(pin);
  int ended = 0;
  pin->wait_for_end([&] { ++ended; });
  context.poll();
  CHECK(ended == 0);
  child.kill();
  context.restart();
  context.run_for(kPatience);
  CHECK(ended == 1);
}

TEST_CASE("A pin that is gone tells nothing, even when the process ended before") {
  boost::asio::io_context context;
  ChildProcess child("pipe_client.exe wait");
  int ended = 0;
  {
    const auto pin = pin_process(context.get_executor(), child.pid());
    REQUIRE(pin);
    pin->wait_for_end([&] { ++ended; });
    child.kill();
  }
  context.run_for(kPatience);
  CHECK(ended == 0);
}

TEST_CASE("A process that has ended cannot be pinned, even while somebody has a handle to it") {
  boost::asio::io_context context;
  ChildProcess child("pipe_client.exe wait");
  child.kill();
  CHECK_FALSE(pin_process(context.get_executor(), child.pid()));
  child.forget();
  CHECK_FALSE(pin_process(context.get_executor(), child.pid()));
}

TEST_CASE("While a process is pinned its pid is given to no other") {
  boost::asio::io_context context;
  ChildProcess child("pipe_client.exe wait");
  const auto pin = pin_process(context.get_executor(), child.pid());
  REQUIRE(pin);
  child.kill();
  child.forget();
  for (int i = 0; i < 20; ++i) {
    const ChildProcess other("pipe_client.exe wait");
    CHECK(other.pid() != pin->key().pid);
  }
}

}  // namespace profile_broker::service
