// What the tool's tables look like, and what they do not let through.
#include "client-lib/cli/table.h"

#include "client-lib/cli/words.h"
#include "tests/support/catch.h"

namespace profile_broker::client::cli {

TEST_CASE("columns are aligned by characters, not bytes, and the last one is not padded") {
  CHECK(aligned({{"NAME", "N"}, {"Gr\u00FC\u00DFe", "1"}, {"x"}}) ==
        "NAME   N\n"
        "Gr\u00FC\u00DFe  1\n"
        "x\n");
  CHECK(aligned({}).empty());
}

TEST_CASE("on a terminal the last column is wrapped, below the others when they leave no room") {
  const std::vector<Row> rows = {{"one", "two three four five six"}, {"1", "2"}};
  CHECK(aligned(rows, Paint(), 21) ==
        "one  two three four\n"
        "     five six\n"
        "1    2\n");
  CHECK(aligned(rows, Paint(true), 21).find("\n     five six\n") != std::string::npos);
  CHECK(aligned({{"a long name indeed", "state", "what"}, {"b", "c", "two three four five"}},
                Paint(), 30) ==
        "a long name indeed  state\n"
        "    what\n"
        "b                   c\n"
        "    two three four five\n");
}

TEST_CASE("another process's text cannot rule the reader's terminal") {
  CHECK(printable("\x1b[2Jevil\r\n") == "?[2Jevil??");
  CHECK(printable("\u009B2J\u00A0\u00FC") == "?2J\u00A0\u00FC");
  CHECK(printable("\x7f") == "?");
}

TEST_CASE("counts and durations read as people say them") {
  CHECK(counted(1, "process") == "1 process");
  CHECK(counted(2, "process") == "2 processes");
  CHECK(counted(0, "profile") == "0 profiles");
  CHECK(duration_text(0.4) == "0 s");
  CHECK(duration_text(61) == "1 min");
  CHECK(duration_text(3'720) == "1 h 2 min");
  CHECK(duration_text(400'000) == "4 days");
}

TEST_CASE("many holders are named up to ten") {
  ProfileReport report;
  report.holders.resize(12);
  CHECK(holders_text(report).ends_with(" and 2 more"));
}

TEST_CASE("a deletion that has taken long is said to hang perhaps, with the process to end") {
  result::Status status;
  status.claims = 2;
  status.oldest_claim = {
      "S-1-5-21-7", "Fax", {4711, 3, "fax.exe", WallTime(std::chrono::seconds(1'000))}};
  const auto deletions = [&](int seconds_later) {
    for (const auto& row :
         status_rows(status, "pipe", true, WallTime(std::chrono::seconds(1'000 + seconds_later)))) {
      if (row.front().text == "Deletions") {
        return row.back().text;
      }
    }
    return std::string();
  };
  CHECK(deletions(5) ==
        "2 under way; the oldest: 'Fax' of account S-1-5-21-7 by fax.exe (process 4711, session 3) "
        "for 5 s, since 1970-01-01 00:16:40 UTC");
  CHECK(deletions(-5).find("for 0 s,") != std::string::npos);  // the clock was set back
  const auto late = deletions(3'600);
  CHECK(late.find("for 1 h 0 min, since") != std::string::npos);
  CHECK(late.find("If process 4711 hangs, end it") != std::string::npos);
}

}  // namespace profile_broker::client::cli
