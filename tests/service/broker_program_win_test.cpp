// The program between the service control manager and the broker: what it tells the event log of
// starts that fail, settings that it cannot read, and sessions.
#include "service/broker_program_win.h"

#include "tests/service/remembering_log.h"
#include "tests/support/catch.h"

namespace profile_broker::service {

TEST_CASE("A start that fails is an event with its code and its reason") {
  RememberingLog log;
  BrokerProgram program({"--bogus"}, log);
  const auto failure = program.start(L"", {});
  REQUIRE(failure);
  CHECK(failure->code == ExitCode::usage);
  REQUIRE(log.events.size() == 1);
  CHECK(log.events[0].id == LogEventId::start_failed);
  CHECK(log.events[0].inserts[0] == "2");
  CHECK(log.events[0].inserts[1].find("--bogus") != std::string::npos);
}

TEST_CASE("Settings that cannot be read again are an event, and the old ones stay") {
  RememberingLog log;
  BrokerProgram program({"--help"}, log);
  program.read_settings_again();
  REQUIRE(log.events.size() == 1);
  CHECK(log.events[0].id == LogEventId::settings_not_read);
}

TEST_CASE("Logons and logoffs are events with the session's number") {
  RememberingLog log;
  BrokerProgram program({}, log);
  program.logged_on(7);
  program.logged_off(7);
  REQUIRE(log.events.size() == 2);
  CHECK(log.events[0].id == LogEventId::logged_on);
  CHECK(log.events[1].id == LogEventId::logged_off);
  CHECK(log.events[0].inserts == std::vector<std::string>{"7"});
  CHECK(log.events[1].inserts == std::vector<std::string>{"7"});
}

}  // namespace profile_broker::service
