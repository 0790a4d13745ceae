// The layout behind help_format.h.
#include "client-lib/cli/help_format.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "client-lib/cli/examples.h"
#include "client-lib/cli/table.h"
#include "client-lib/cli/text_width.h"

namespace profile_broker::client::cli {
namespace {

constexpr std::size_t kUsualColumns = 80;

struct Usage {
  std::string_view command;
  const char* arguments;
};
constexpr Usage kUsages[] = {
    {"", "COMMAND"},
    {"list", "[--all]"},
    {"query", "NAME"},
    {"holders", "NAME"},
    {"delete", "NAME"},
    {"undelete", "NAME"},
    {"watch", "[--all] [--count N]"},
    {"mapi", "COMMAND"},
    {"mapi enable", "PROGRAM.EXE... | --default [--provider PATH]"},
    {"mapi disable", "PROGRAM.EXE... | --default | --all"},
};

std::string usage(const std::string& name, const std::string& command) {
  std::string text = "Usage: " + name;
  for (const auto& one : kUsages) {
    text += one.command == command ? std::string(" ") + one.arguments : "";
  }
  return text + "\n";
}

// Options of which one is wanted; what CLI11 has for that is a command without a name.
bool is_group(const CLI::App& app) {
  return app.get_name().empty();
}

enum class Kind { positional, option };

void add_options(const CLI::App& app, Kind kind, std::vector<Row>& rows) {
  for (const auto* option : app.get_options()) {
    // A group has a --help that is its command's.
    if (option->get_positional() != (kind == Kind::positional) ||
        (is_group(app) && option == app.get_help_ptr())) {
      continue;
    }
    auto name = kind == Kind::positional ? option->get_name(true) : option->get_name(false, true);
    if (const auto comma = name.find(','); comma != std::string::npos) {
      name.insert(comma + 1, " ");
    }
    if (kind == Kind::option && option->get_items_expected_max() > 0) {
      name += " " + option->get_type_name();
    }
    rows.push_back({"  " + name, option->get_description()});
  }
  for (const auto* group :
       app.get_subcommands([](const CLI::App* one) { return is_group(*one); })) {
    add_options(*group, kind, rows);
  }
}

std::vector<Row> options_of(const CLI::App& app, Kind kind) {
  std::vector<Row> rows;
  add_options(app, kind, rows);
  return rows;
}

std::vector<Row> commands_of(const CLI::App& app) {
  std::vector<Row> rows;
  for (const auto* one : app.get_subcommands([](const CLI::App* sub) { return !is_group(*sub); })) {
    rows.push_back({"  " + one->get_name(), one->get_description()});
  }
  return rows;
}

// Those of the whole tool, which may be typed behind a command as well.
std::vector<Row> options_of_every_command(const CLI::App& command) {
  const auto* whole = command.get_parent();
  if (!whole) {
    return {};
  }
  while (whole->get_parent()) {
    whole = whole->get_parent();
  }
  auto rows = options_of(*whole, Kind::option);
  std::erase_if(rows, [](const Row& row) {
    return row.front().text.ends_with("--help") || row.front().text.ends_with("--version");
  });
  return rows;
}

}  // namespace

HelpFormat::HelpFormat(std::size_t columns) : columns_(columns == 0 ? kUsualColumns : columns) {}

std::string HelpFormat::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const {
  const auto space = name.find(' ');
  const auto command = space == std::string::npos ? std::string() : name.substr(space + 1);
  std::string text;
  for (const auto& line : wrapped(app->get_description(), columns_)) {
    text += line + "\n";
  }
  text += "\n" + usage(name, command);
  const auto add = [&](const char* title, const std::vector<Row>& rows) {
    if (!rows.empty()) {
      text += std::string("\n") + title + ":\n" + aligned(rows, Paint(), columns_);
    }
  };
  add("Commands", commands_of(*app));
  add("Arguments", options_of(*app, Kind::positional));
  add("Options", options_of(*app, Kind::option));
  add("Options of every command", options_of_every_command(*app));
  add("Examples", examples_of(command));
  add("Exit codes", exit_codes_of(command));
  return text;
}

}  // namespace profile_broker::client::cli
