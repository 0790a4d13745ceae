// Marks in the real registry of the process's hive, on Linux in real files.
#include "client-lib/hive_marks.h"

#include "client-lib/host_name.h"
#include "tests/client-lib/marks_place.h"
#include "tests/client-lib/names.h"
#include "tests/support/catch.h"

namespace profile_broker::client {

TEST_CASE("a mark is written once and gone once it is removed") {
  const MarksPlace place;
  const HiveMarks marks(place.location());
  CHECK(marks.of_this_host().empty());
  CHECK(marks.remove(name("Gateway")));
  CHECK(marks.write(name("Gateway")) == HiveMarks::Written::created);
  CHECK(marks.write(name("GATEWAY")) == HiveMarks::Written::existed);
  REQUIRE(marks.of_this_host().size() == 1);
  CHECK(marks.of_this_host().front().shown() == "Gateway");
  CHECK(marks.remove(name("gateway")));
  CHECK(marks.of_this_host().empty());
}

TEST_CASE("every profile name can be marked") {
  const MarksPlace place;
  const HiveMarks marks(place.location());
  const std::vector<std::string> names = {
      "Gr\u00FC\u00DFe", "\u65E5\u672C\u8A9E", "a/b:c*?\"<>|", "..", ".", "%41",
      "\U0001F600",      std::string(64, 'x')};
  for (const auto& text : names) {
    CAPTURE(text);
    CHECK(marks.write(name(text)) == HiveMarks::Written::created);
  }
  CHECK(marks.of_this_host().size() == names.size());
  for (const auto& text : names) {
    CAPTURE(text);
    CHECK(marks.remove(name(text)));
  }
  CHECK(marks.of_this_host().empty());
}

TEST_CASE("a mark's data is the host and the time, and hosts are compared as names are") {
  const auto data = mark_data();
  CHECK(data.substr(0, data.find(' ')) == host_name());
  CHECK(data.back() == 'Z');
  CHECK(is_of_this_host(data));
  CHECK_FALSE(is_of_this_host("x" + data));
  CHECK_FALSE(is_of_this_host(""));
}

}  // namespace profile_broker::client
