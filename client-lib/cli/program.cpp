// The command line behind program.h.
#include "client-lib/cli/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "client-lib/cli/commands.h"
#include "client-lib/cli/help_format.h"
#include "client-lib/cli/mapi_commands.h"

namespace profile_broker::client::cli {
namespace {

constexpr const char* kDescription =
    "Looks after MAPI profiles that are in use in several sessions of this machine: shows who uses "
    "which profile, and deletes the ones that are left over.";

struct Arguments {
  bool json = false;
  bool all = false;
  std::string endpoint;
  std::string profile;
  std::uint64_t count = 0;
  MapiTarget mapi;
  std::string provider;
};

std::optional<ProfileName> name_from(const std::string& text, const Console& console) {
  auto parsed = ProfileName::parse(text);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    console.error("profile-broker: '" + printable(text) +
                  "' is not a profile name: " + refusal->text + "\n");
    return std::nullopt;
  }
  return std::move(std::get<ProfileName>(parsed));
}

// A command with a profile's name.
using Action = int (Commands::*)(const ProfileName&);

struct NamedCommand {
  const char* name;
  const char* description;
  Action action;
};

constexpr NamedCommand kNamedCommands[] = {
    {"query", "Show whether a profile is in use", &Commands::query},
    {"holders", "Show the processes that use a profile", &Commands::holders},
    {"delete", "Delete a profile now, or when nobody uses it any more", &Commands::delete_profile},
    {"undelete", "Take back a deletion that waits, and temporary, which is one",
     &Commands::undelete},
};

// `mapi` and its commands. Each of the first two wants something to do it to.
CLI::App* add_mapi(CLI::App& app, Arguments& given) {
  auto* mapi = app.add_subcommand("mapi", "Choose which unchanged programs are protected");
  mapi->require_subcommand(1);
  auto* enable = mapi->add_subcommand("enable", "Protect a program, from its next start on");
  auto* disable = mapi->add_subcommand("disable", "Give a program its earlier MAPI again");
  mapi->add_subcommand("list", "Show the protected programs and the MAPI behind them");
  for (auto* command : {enable, disable}) {
    auto* targets = command->add_option_group("target");
    targets->add_option("PROGRAM", given.mapi.programs,
                        "The program's file name, as in GATEWAY.EXE");
    targets->add_flag("--default", given.mapi.is_default,
                      "Every program that has no MAPI of its own, by the default mail client");
    if (command == disable) {
      targets->add_flag("--all", given.mapi.all, "Everything, as uninstalling does");
    }
    targets->require_option(1);
  }
  enable
      ->add_option("--provider", given.provider,
                   "The real MAPI's DLL when it is not to be found as Windows would find it")
      ->type_name("PATH");
  return mapi;
}

std::string from_one_on(std::string& text) {
  const bool is_count = !text.empty() &&
                        text.find_first_not_of("0123456789") == std::string::npos &&
                        text.find_first_not_of('0') != std::string::npos;
  return is_count ? std::string() : "'" + printable(text) + "' is not a number from 1 on";
}

std::string wrong_command_line(const CLI::App* app, const CLI::Error& error) {
  const auto rest = app->remaining(true);
  std::string typed = app->get_name();
  while (!app->get_subcommands().empty() && !app->get_subcommands().front()->get_name().empty()) {
    app = app->get_subcommands().front();
    typed += " " + app->get_name();
  }
  std::string what = error.what();
  if (app->get_require_subcommand_min() > 0 && app->get_subcommands().empty()) {
    what = rest.empty() ? "a command is missing" : "'" + rest.front() + "' is no command";
  }
  return "profile-broker: " + printable(what) + "\n'" + typed +
         " --help' says what can be typed.\n";
}

int run_mapi(const CLI::App& mapi, const Arguments& given, const Console& console) {
  const auto command = mapi.get_subcommands().front()->get_name();
  return command == "enable"    ? mapi_enable(given.mapi, given.provider, given.json, console)
         : command == "disable" ? mapi_disable(given.mapi, given.json, console)
                                : mapi_list(given.json, console);
}

}  // namespace

int run(std::vector<std::string> arguments, const Console& console) {
  Arguments given;
  CLI::App app{kDescription, "profile-broker"};
  app.formatter(std::make_shared<HelpFormat>(console.columns()));
  app.failure_message(wrong_command_line);
  app.set_version_flag("--version", "profile-broker " PROFILE_BROKER_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", given.json,
               "One JSON document; watch: one JSON line per event, as when piped");
  app.add_option("--endpoint", given.endpoint,
                 "The service's pipe (on Linux its socket) when it is not the usual one")
      ->type_name("E");
  app.add_subcommand("status", "Show the service's state, counts and limits");
  app.add_subcommand("doctor", "Look for what is wrong on this machine, and say what to do");
  auto* list = app.add_subcommand("list", "Show the profiles in use and the left-over ones");
  app.add_subcommand("sweep", "Delete this account's marked profiles that nobody uses");
  for (const auto& command : kNamedCommands) {
    app.add_subcommand(command.name, command.description)
        ->add_option("NAME", given.profile, "The profile's name")
        ->required();
  }
  auto* watch = app.add_subcommand(
      "watch", "Show who uses what, as it happens: on a terminal a screen, else JSON lines");
  for (auto* command : {list, watch}) {
    command->add_flag("--all", given.all, "Of all accounts; for administrators");
  }
  const auto* mapi = add_mapi(app, given);
  watch
      ->add_option("--count", given.count,
                   "End after so many events; on a terminal lines instead of the screen")
      ->type_name("N")
      ->check(CLI::Validator(from_one_on, ""));

  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const bool asked = app.exit(error, out, err) == 0;  // --help, --version
    console.out(out.str());
    console.error(err.str());
    return asked ? kOk : kUsage;
  }
  if (mapi->parsed()) {
    return run_mapi(*mapi, given, console);
  }
  auto endpoint = given.endpoint.empty() ? default_endpoint() : endpoint_at(given.endpoint);
  if (!is_local_address(endpoint.address)) {
    console.error("profile-broker: '" + printable(endpoint.address) +
                  "' cannot be the service's endpoint: on Windows it begins with \\\\.\\pipe\\, on "
                  "Linux it is a path of at most 107 bytes\n");
    return kUsage;
  }
  Commands commands(std::move(endpoint), given.json, console);
  const auto* chosen = app.get_subcommands().front();
  const auto is = [&](const char* name) { return chosen->get_name() == name; };
  if (is("status")) {
    return commands.status();
  }
  if (is("doctor")) {
    return commands.doctor();
  }
  if (is("list")) {
    return commands.list(given.all);
  }
  if (is("sweep")) {
    return commands.sweep();
  }
  if (is("watch")) {
    return commands.watch(given.all, given.count);
  }
  const auto profile = name_from(given.profile, console);
  if (!profile) {
    return kUsage;
  }
  const auto* named = std::find_if(std::begin(kNamedCommands), std::end(kNamedCommands),
                                   [&](const NamedCommand& command) { return is(command.name); });
  return (commands.*named->action)(*profile);
}

}  // namespace profile_broker::client::cli
