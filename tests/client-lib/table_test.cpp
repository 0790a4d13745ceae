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

}  // namespace profile_broker::client::cli
