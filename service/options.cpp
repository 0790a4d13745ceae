// Reading the command line (options.h).
#include "service/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "service/setting_table.h"

namespace profile_broker::service {

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
  std::array<std::uint32_t, kSettings.size()> values{};
  for (std::size_t i = 0; i < kSettings.size(); ++i) {
    const Setting& setting = kSettings[i];
    values[i] = setting.get(defaults);
    app.add_option(setting.option, values[i], setting.meaning)
        ->check(CLI::Range(setting.least, setting.most))
        ->capture_default_str();
  }
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
  for (std::size_t i = 0; i < kSettings.size(); ++i) {
    kSettings[i].set(options.limits, values[i]);
  }
  return options;
}

}  // namespace profile_broker::service
