// What the tool draws: widths, what is cut off where, colours on and off, the live screen.
#include "client-lib/cli/live_screen.h"

#include <algorithm>

#include "client-lib/cli/table.h"
#include "client-lib/cli/text_width.h"
#include "tests/support/catch.h"

namespace profile_broker::client::cli {
namespace {

ProfileReport used(const std::string& hive, const std::string& profile, std::uint32_t session,
                   std::uint32_t process) {
  ProfileReport report;
  report.hive = hive;
  report.profile = profile;
  report.references = 1;
  report.holders.push_back(
      {process, session, "gateway.exe", WallTime(std::chrono::seconds(940)), ""});
  return report;
}

LiveView some_view() {
  LiveView view;
  view.now = WallTime(std::chrono::seconds(1'000));
  view.profiles = {used("S-1-5-21-7", "Zeta", 3, 12), used("S-1-5-21-7", "Mail Gateway", 0, 11)};
  view.accounts = {{"S-1-5-21-7", "CONTOSO\\gateway"}};
  return view;
}

Event event_of(const std::string& profile) {
  Event event;
  event.time = WallTime(std::chrono::seconds(1'000));
  event.kind = EventKind::acquired;
  event.profile = profile;
  return event;
}

bool has_escape(const std::vector<std::string>& lines) {
  return std::any_of(lines.begin(), lines.end(),
                     [](const auto& line) { return line.find('\x1b') != std::string::npos; });
}

std::size_t line_with(const std::vector<std::string>& lines, std::string_view text) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const auto& line) {
    return line.find(text) != std::string::npos;
  });
  return static_cast<std::size_t>(found - lines.begin());
}

}  // namespace

TEST_CASE("widths are those of a terminal: wide characters take two columns, marks none") {
  CHECK(width_of("abc") == 3);
  CHECK(width_of("Gr\u00FC\u00DFe") == 5);
  CHECK(width_of("\u6F22\u5B57") == 4);
  CHECK(width_of("e\u0301") == 1);
  CHECK(width_of("\U0001F600") == 2);
  CHECK(aligned({{"\u6F22\u5B57", "x"}, {"abcde", "y"}}) == "\u6F22\u5B57   x\nabcde  y\n");
}

TEST_CASE("a text is cut off with an ellipsis, never within a character") {
  CHECK(fitted("abcdef", 6) == "abcdef");
  CHECK(fitted("abcdef", 5) == "abcd\u2026");
  CHECK(fitted("\u6F22\u5B57\u6F22", 4) == "\u6F22\u2026");
  CHECK(fitted("abc", 1) == "\u2026");
  CHECK(fitted("abc", 0).empty());
}

TEST_CASE("sentences are wrapped at spaces where there is a width") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("unbreakable word", 4) == std::vector<std::string>{"unbreakable", "word"});
  CHECK(wrapped("one two", 0) == std::vector<std::string>{"one two"});
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
}

TEST_CASE("without colours there is no escape sequence, and with them columns stay aligned") {
  const std::vector<Row> rows = {titles({"A", "B"}), {Cell("long", Ink::bad), "x"}};
  CHECK(aligned(rows) == "A     B\nlong  x\n");
  CHECK(aligned(rows, Paint(true)) ==
        "\x1b[1mA\x1b[0m     \x1b[1mB\x1b[0m\n\x1b[1;31mlong\x1b[0m  x\n");
  CHECK_FALSE(has_escape(live_lines(some_view(), {80, 24}, Paint(false))));
  CHECK(has_escape(live_lines(some_view(), {80, 24}, Paint(true))));
}

TEST_CASE("the screen has holders by account and session, and the newest events below") {
  auto view = some_view();
  view.events = {event_of("First"), event_of("Second")};
  ProfileReport left;
  left.hive = "S-1-5-21-7";
  left.profile = "Left";
  left.deletion_deferred = true;
  view.profiles.push_back(left);
  const auto lines = live_lines(view, {80, 24}, Paint());
  CHECK(lines.size() == 24);
  CHECK(lines[0].starts_with(
      "3 profiles, 2 references, 2 processes, 2 sessions, 1 deletion to come  00:16:40"));
  CHECK(lines[1] == "CONTOSO\\gateway  S-1-5-21-7");
  CHECK(lines[2] == "  session 0");
  CHECK(lines[3] == "    Mail Gateway  gateway.exe 11  1 min  in use");
  CHECK(lines[4] == "  session 3");
  CHECK(lines[5] == "    Zeta          gateway.exe 12  1 min  in use");
  CHECK(lines[6] == "  used by nobody");
  CHECK(lines[7] == "    Left          -               -      left over");
  CHECK(lines[21] == "EVENTS");
  CHECK(lines[22].find("'First'") != std::string::npos);
  CHECK(lines[23].find("'Second'") != std::string::npos);
}

TEST_CASE("whatever the size of the screen, nothing is wider or longer than it") {
  auto view = some_view();
  view.trouble = "The events have ended";
  for (int i = 0; i < 40; ++i) {
    view.profiles.push_back(used("S-1-5-21-8", std::string(60, 'W') + "\u6F22", 1, 100));
    view.events.push_back(event_of("Profile " + std::to_string(i)));
  }
  for (const std::size_t columns : {1U, 7U, 20U, 80U, 200U}) {
    for (const std::size_t rows : {1U, 2U, 3U, 5U, 24U, 100U}) {
      INFO(columns << " x " << rows);
      const auto lines = live_lines(view, {columns, rows}, Paint());
      CHECK(lines.size() <= rows);
      CHECK(std::all_of(lines.begin(), lines.end(),
                        [&](const auto& line) { return width_of(line) <= columns; }));
    }
  }
  const auto lines = live_lines(view, {80, 24}, Paint());
  CHECK(lines[1] == "The events have ended");
  CHECK(line_with(lines, " more; 'profile-broker list' shows all") < line_with(lines, "EVENTS"));
  CHECK(lines.back().find("'Profile 39'") != std::string::npos);
  CHECK(line_with(lines, "  in use") < lines.size());  // a long name does not push the state away
}

TEST_CASE("another process's text cannot rule the live screen") {
  LiveView view;
  view.profiles = {used("S-1-5-21-7", "\x1b[2Jevil", 1, 2)};
  view.events = {event_of("\x1b[2Jevil")};
  CHECK_FALSE(has_escape(live_lines(view, {80, 24}, Paint())));
}

TEST_CASE("a drawing begins at the top, erases what was there, and never scrolls") {
  CHECK(drawing({"a", "b"}) == "\x1b[H\x1b[Ka\r\n\x1b[Jb");
  CHECK(drawing({"a"}) == "\x1b[H\x1b[Ja");
}

}  // namespace profile_broker::client::cli
