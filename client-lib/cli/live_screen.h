// What `watch` draws on a terminal: who holds which profile, by account and session, above the
// newest events. Pure: a view and a size in, lines out. watching.cpp fills the view.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client-lib/cli/console.h"
#include "client-lib/cli/ink.h"
#include "proto/messages.h"

namespace profile_broker::client::cli {

struct LiveView {
  bool all = false;                             // of all accounts
  std::vector<ProfileReport> profiles;          // as profile/list has them
  std::map<std::string, std::string> accounts;  // names by hive; without one the hive is shown
  std::deque<Event> events;                     // newest last
  std::string trouble;                          // why the profiles may be out of date
  WallTime now{};
};

// At most size.rows lines of at most size.columns columns, without line feeds. What does not fit is
// counted. Holders have two thirds of the rows when there are too many of them, or more when there
// are few events.
std::vector<std::string> live_lines(const LiveView& view, ScreenSize size, const Paint& paint);

// Escape sequences: to an empty second screen without a cursor, lines over the present ones, and
// back.
inline constexpr std::string_view kEnterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
inline constexpr std::string_view kLeaveScreen = "\x1b[?7h\x1b[?25h\x1b[?1049l";
std::string drawing(const std::vector<std::string>& lines);

}  // namespace profile_broker::client::cli
