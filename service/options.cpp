// Reading the command line (options.h).
#include "service/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <utility>

namespace profile_broker::service {
namespace {

void add_limit(CLI::App& app, const std::string& name, std::uint32_t& value, std::uint32_t highest,
               const std::string& what) {
  app.add_option(name, value, what)
      ->check(CLI::Range(std::uint32_t{1}, highest))
      ->capture_default_str();
}

}  // namespace

std::variant<Options, SayAndExit, StartFailure> read_options(std::vector<std::string> arguments,
                                                             const ServiceLimits& defaults) {
  Options options;
  options.limits = defaults;
  CLI::App app(
      "Owns the table of live MAPI profile references of this machine, so that no session deletes "
      "a profile "
      "that another one uses.",
      "mapi-profile-broker");
  app.set_version_flag("--version", "mapi-profile-broker " PROFILE_BROKER_VERSION);
  app.add_option("--endpoint", options.endpoint,
                 "Pipe name (Windows) or socket path (Linux) to listen on");
  app.add_option("--state", options.state_folder, "Folder of the journal; made when missing");
  app.add_flag("--console", options.console, "Run in this terminal instead of as a service");
  app.add_flag("--verbose", options.verbose, "Log every connection's end and other details");
  bool configure = false;
  app.add_flag("--configure", configure,
               "Set the installed service up in the service control manager, and end (Windows)");
  bool forget_settings = false;
  app.add_flag("--forget-settings", forget_settings,
               "Remove the machine's settings, and end (Windows)")
      ->excludes("--configure");
  std::uint32_t recovery_seconds = static_cast<std::uint32_t>(defaults.recovery_time.count());
  app.add_option("--recovery-seconds", recovery_seconds,
                 "How long nothing is deleted after a start that follows a crash")
      ->check(CLI::Range(std::uint32_t{0}, static_cast<std::uint32_t>(kMaxRecoveryTime.count())))
      ->capture_default_str();
  ServiceLimits& limits = options.limits;
  add_limit(app, "--connections", limits.connections, 1'000'000, "Connections in all");
  add_limit(app, "--connections-per-user", limits.connections_per_user, 1'000'000,
            "Connections of one account");
  add_limit(app, "--silent-connections-per-user", limits.silent_connections_per_user, 1'000'000,
            "Connections of one account that have not said anything yet");
  add_limit(app, "--references-per-process", limits.references_per_process, 1'000'000,
            "References of one process");
  add_limit(app, "--references-per-user", limits.references_per_user, 10'000'000,
            "References of one account");
  add_limit(app, "--profiles-per-user", limits.profiles_per_user, 10'000'000,
            "Profiles of one account");
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return SayAndExit{app.help()};
  } catch (const CLI::CallForVersion&) {
    return SayAndExit{app.version() + "\n"};
  } catch (const CLI::ParseError& error) {
    return StartFailure{ExitCode::usage,
                        std::string(error.what()) + ". See mapi-profile-broker --help"};
  }
  options.task = configure         ? Task::configure
                 : forget_settings ? Task::forget_settings
                                   : Task::serve;
  limits.recovery_time = std::chrono::seconds(recovery_seconds);
  return options;
}

}  // namespace profile_broker::service
