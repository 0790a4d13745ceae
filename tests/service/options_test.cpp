#include "service/options.h"

#include "tests/support/catch.h"

using namespace profile_broker::service;

TEST_CASE("without options the documented defaults are in force") {
  const auto options = std::get<Options>(read_options({}));
  CHECK(options.endpoint.empty());
  CHECK(options.limits.recovery_time == std::chrono::seconds(10));
  CHECK(options.limits.connections_per_user == 256);
}

TEST_CASE("options are read, in either spelling of values") {
  const auto options =
      std::get<Options>(read_options({"--endpoint", "E", "--state=D", "--console",
                                      "--recovery-seconds", "0", "--references-per-user=7"}));
  CHECK(options.endpoint == "E");
  CHECK(options.state_folder == "D");
  CHECK(options.console);
  CHECK(options.limits.recovery_time.count() == 0);
  CHECK(options.limits.references_per_user == 7);
}

TEST_CASE("what is wrong with a command line is said, with the usage exit code") {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"--nonsense"},
                                             {"--recovery-seconds", "-1"},
                                             {"--recovery-seconds", "3601"},
                                             {"--recovery-seconds"},
                                             {"--connections-per-user", "0"},
                                             {"--configure", "--forget-settings"},
                                             {"stray"}}) {
    const auto read = read_options(arguments);
    REQUIRE(std::holds_alternative<StartFailure>(read));
    CHECK(std::get<StartFailure>(read).code == ExitCode::usage);
    CHECK(std::get<StartFailure>(read).text.find("--help") != std::string::npos);
  }
}

TEST_CASE("an installer's tasks are told from serving") {
  const auto task_of = [](const std::string& argument) {
    return std::get<Options>(read_options({argument})).task;
  };
  CHECK(task_of("--console") == Task::serve);
  CHECK(task_of("--configure") == Task::configure);
  CHECK(task_of("--forget-settings") == Task::forget_settings);
}

TEST_CASE("help and version are said on request") {
  CHECK(std::get<SayAndExit>(read_options({"--version"})).text.find(PROFILE_BROKER_VERSION) !=
        std::string::npos);
  CHECK(std::get<SayAndExit>(read_options({"--help"})).text.find("--recovery-seconds") !=
        std::string::npos);
}
