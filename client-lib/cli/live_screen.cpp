// The layout behind live_screen.h.
#include "client-lib/cli/live_screen.h"

#include <algorithm>
#include <optional>
#include <set>

#include "client-lib/cli/table.h"
#include "client-lib/cli/text_width.h"
#include "client-lib/cli/words.h"

namespace profile_broker::client::cli {
namespace {

constexpr std::string_view kIndent = "    ";  // of a use, below its session
constexpr std::string_view kGap = "  ";       // between columns

// One use of a profile, or what is left of one.
struct Entry {
  Cell profile;
  std::string program;
  std::string since;
  Cell state;
};

// By session; those without one (nobody uses the profile) come last.
struct SessionOrder {
  bool operator()(const std::optional<std::uint32_t>& a,
                  const std::optional<std::uint32_t>& b) const {
    return a && b ? *a < *b : a.has_value() && !b.has_value();
  }
};
using Sessions = std::map<std::optional<std::uint32_t>, std::vector<Entry>, SessionOrder>;

std::string age(WallTime since, WallTime now) {
  return duration_text(std::chrono::duration<double>(now - since).count());
}

std::string program_text(const std::string& image, std::uint32_t process) {
  return printable(image) + " " + std::to_string(process);
}

std::map<std::string, Sessions> by_account(const LiveView& view) {
  std::map<std::string, Sessions> accounts;
  for (const auto& report : view.profiles) {
    auto& sessions = accounts[report.hive];
    const Cell profile(report.profile, Ink::strong);
    const Cell state(state_of(report), ink_of(report));
    for (const auto& holder : report.holders) {
      const auto label = holder.label.empty() ? "" : " " + quoted(holder.label);
      sessions[holder.session].push_back({profile,
                                          program_text(holder.image, holder.process) + label,
                                          age(holder.since, view.now), state});
    }
    if (const auto& remover = report.remover) {
      const bool hangs = is_long_deletion(*remover, view.now);
      sessions[remover->session].push_back({profile, program_text(remover->image, remover->process),
                                            age(remover->since, view.now),
                                            Cell(hangs ? "being deleted: hangs?" : "being deleted",
                                                 hangs ? Ink::bad : Ink::warning)});
    } else if (report.holders.empty()) {
      sessions[std::nullopt].push_back({profile, "-", "-", Cell("left over", Ink::warning)});
    }
  }
  return accounts;
}

std::string padded(const std::string& text, std::size_t columns) {
  auto cell = fitted(printable(text), columns);
  cell.append(columns - std::min(columns, width_of(cell)), ' ');
  return cell;
}

// Columns as wide as their widest entry, as far as the screen allows: the state is never pushed
// off it by a long name.
struct Widths {
  std::size_t profile = 0;
  std::size_t program = 0;
  std::size_t since = 0;
  std::size_t state = 0;
};

Widths widths_for(const std::map<std::string, Sessions>& accounts, std::size_t columns) {
  Widths widths;
  for (const auto& [hive, sessions] : accounts) {
    for (const auto& [session, entries] : sessions) {
      for (const auto& entry : entries) {
        widths.profile = std::max(widths.profile, width_of(printable(entry.profile.text)));
        widths.program = std::max(widths.program, width_of(printable(entry.program)));
        widths.since = std::max(widths.since, width_of(entry.since));
        widths.state = std::max(widths.state, width_of(entry.state.text));
      }
    }
  }
  widths.profile = std::min(widths.profile, std::max<std::size_t>(columns * 2 / 5, 8));
  const auto others =
      kIndent.size() + widths.profile + widths.since + widths.state + 3 * kGap.size();
  widths.program = std::min(widths.program, columns > others + 8 ? columns - others : 8);
  return widths;
}

std::vector<Row> holder_lines(const LiveView& view, std::size_t columns) {
  std::vector<Row> lines;
  const auto accounts = by_account(view);
  const auto widths = widths_for(accounts, columns);
  for (const auto& [hive, sessions] : accounts) {
    const auto name = view.accounts.find(hive);
    const bool named = name != view.accounts.end() && name->second != hive;
    lines.push_back({{named ? name->second : hive, Ink::strong},
                     {named ? "  " + hive : std::string(), Ink::faint}});
    for (const auto& [session, entries] : sessions) {
      lines.push_back(
          {{session ? "  session " + std::to_string(*session) : "  used by nobody", Ink::faint}});
      for (const auto& entry : entries) {
        lines.push_back({std::string(kIndent),
                         {padded(entry.profile.text, widths.profile), entry.profile.ink},
                         std::string(kGap) + padded(entry.program, widths.program) +
                             std::string(kGap) + padded(entry.since, widths.since) +
                             std::string(kGap),
                         entry.state});
      }
    }
  }
  if (lines.empty()) {
    lines.push_back({{view.all ? "No account has a profile in use or left over."
                               : "This account has no profile in use or left over.",
                      Ink::faint}});
  }
  return lines;
}

Row heading(const LiveView& view) {
  std::set<std::pair<std::string, std::uint32_t>> sessions;
  std::set<std::uint32_t> processes;
  std::uint64_t references = 0;
  std::uint64_t deletions = 0;
  for (const auto& report : view.profiles) {
    references += report.references;
    deletions += report.being_removed || report.deletion_deferred ? 1 : 0;
    for (const auto& holder : report.holders) {
      sessions.emplace(report.hive, holder.session);
      processes.insert(holder.process);
    }
  }
  // What counts stands first: narrow screens cut off the rest.
  Row row = {{counted(view.profiles.size(), "profile") + ", " + counted(references, "reference") +
                  ", " + counted(processes.size(), "process") + ", " +
                  counted(sessions.size(), "session"),
              Ink::strong}};
  if (deletions > 0) {
    row.emplace_back(", " + counted(deletions, "deletion") + " to come", Ink::warning);
  }
  row.emplace_back("  " + time_text(view.now).substr(11) + "  Ctrl+C ends", Ink::faint);
  return row;
}

std::string without_line_feed(std::string text) {
  text.pop_back();
  return text;
}

}  // namespace

std::vector<std::string> live_lines(const LiveView& view, ScreenSize size, const Paint& paint) {
  std::vector<Row> lines = {heading(view)};
  if (!view.trouble.empty()) {
    lines.push_back({{view.trouble, Ink::bad}});
  }
  auto holders = holder_lines(view, size.columns);
  // The heading, a line of titles above the events, and what is left for the two.
  const auto fixed = lines.size() + 1;
  const auto room = size.rows > fixed ? size.rows - fixed : 0;
  const auto events_wanted = std::max<std::size_t>(view.events.size(), 1);
  auto for_events = std::min(events_wanted, std::max<std::size_t>(room / 3, 1));
  if (holders.size() + for_events < room) {
    for_events = std::min(events_wanted, room - holders.size());
  }
  const auto for_holders = room > for_events ? room - for_events : 0;
  if (holders.size() > for_holders && for_holders > 0) {
    const auto hidden = holders.size() - for_holders + 1;
    holders.resize(for_holders - 1);
    holders.push_back({{"  ... " + counted(hidden, "line") + " more; 'profile-broker list" +
                            (view.all ? " --all" : "") + "' shows all",
                        Ink::faint}});
  } else {
    holders.resize(std::max(std::min(holders.size(), for_holders), for_holders));
  }
  lines.insert(lines.end(), holders.begin(), holders.end());
  lines.push_back({{"EVENTS", Ink::strong}});
  if (view.events.empty()) {
    lines.push_back({{"none yet", Ink::faint}});
  }
  const auto shown = std::min(view.events.size(), for_events);
  for (auto i = view.events.size() - shown; i < view.events.size(); ++i) {
    const auto& event = view.events[i];
    lines.push_back({{without_line_feed(event_text(event)), ink_of(event.kind)}});
  }
  if (lines.size() > size.rows) {
    lines.resize(size.rows);
  }
  std::vector<std::string> texts;
  texts.reserve(lines.size());
  for (const auto& line : lines) {
    texts.push_back(one_line(line, size.columns, paint));
  }
  return texts;
}

std::string drawing(const std::vector<std::string>& lines) {
  // What is on the screen is erased before a line is written: a cursor behind the last column
  // stands on it.
  std::string text = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool last = i + 1 == lines.size();
    text.append(i == 0 ? "" : "\r\n").append(last ? "\x1b[J" : "\x1b[K").append(lines[i]);
  }
  return text;
}

}  // namespace profile_broker::client::cli
