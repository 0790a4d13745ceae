// The program between the service control manager and the broker: what it tells the event log of
// starts that fail, stops that hang, settings that it cannot read, and sessions.
#include "service/broker_program_win.h"

#include <chrono>
#include <future>

#include "service/console_run_win.h"
#include "tests/service/child_process_win.h"
#include "tests/service/remembering_log.h"
#include "tests/service/tokens_win.h"
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

TEST_CASE("A stop that hangs is an event before the process is ended by force") {
  static std::promise<ExitCode> ended;
  RememberingLog log;
  BrokerProgram program({}, log,
                        {std::chrono::seconds(0), [](ExitCode code) { ended.set_value(code); }});
  program.stop();
  auto code = ended.get_future();
  REQUIRE(code.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  CHECK(code.get() == ExitCode::stop_hung);
  REQUIRE(log.events.size() == 1);
  CHECK(log.events[0].id == LogEventId::stop_hung);
  CHECK(log.events[0].inserts == std::vector<std::string>{"0"});
}

namespace {

class ProgramThatCannotStart final : public ServiceProgram {
 public:
  std::optional<StartFailure> start(const std::wstring&, std::vector<std::string>) override {
    return StartFailure{ExitCode::usage, "it is only a test"};
  }
  ExitCode run() override { return ExitCode::success; }
  void stop() override {}
  void read_settings_again() override {}
  void logged_on(std::uint32_t) override {}
  void logged_off(std::uint32_t) override {}
};

RememberingLog log_of_console_run() {
  RememberingLog log;
  ProgramThatCannotStart program;
  CHECK(run_in_console(program, log) == ExitCode::usage);
  return log;
}

// As in a prompt that is not elevated; for good.
void give_up_setting_owners() {
  TOKEN_PRIVILEGES privileges{1, {{{}, SE_PRIVILEGE_REMOVED}}};
  REQUIRE(LookupPrivilegeValueW(nullptr, SE_RESTORE_NAME, &privileges.Privileges[0].Luid) != FALSE);
  REQUIRE(AdjustTokenPrivileges(own_token().get(), FALSE, &privileges, 0, nullptr, nullptr) !=
          FALSE);
}

}  // namespace

// Run by the next test, in a process of its own.
TEST_CASE("In a console that may not set owners", "[.]") {
  give_up_setting_owners();
  const auto log = log_of_console_run();
  REQUIRE(log.events.size() == 1);
  CHECK(log.events[0].id == LogEventId::no_owner_right);
}

TEST_CASE("A console without the right to set owners is told of it, and one that has it is not") {
  CHECK(log_of_console_run().events.empty());
  ChildProcess child(R"(service_windows_tests.exe "In a console that may not set owners")");
  CHECK(child.exit_code() == 0);
}

}  // namespace profile_broker::service
