// Values in the real registry of the process's hive, on Linux in real files.
#include "client-lib/hive_values.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/client-lib/marks_place.h"
#include "tests/support/catch.h"

namespace profile_broker::client {

TEST_CASE("a value is read as it was written, by any spelling of its name, until it is removed") {
  const MarksPlace place;
  const HiveValues values(place.location());
  CHECK(values.all().empty());
  CHECK_FALSE(values.read("Gr\u00FC\u00DFe"));
  REQUIRE(values.write("Gr\u00FC\u00DFe", "one two"));
  CHECK(values.read("GR\u00DC\u00DFE") == "one two");
  CHECK(values.all() == std::vector<HiveValues::Value>{{"Gr\u00FC\u00DFe", "one two"}});
  REQUIRE(values.write("Gr\u00FC\u00DFe", "three"));
  CHECK(values.read("Gr\u00FC\u00DFe") == "three");
  CHECK(values.remove("gr\u00FC\u00DFe"));
  CHECK(values.all().empty());
  CHECK(values.remove("Gr\u00FC\u00DFe"));
}

TEST_CASE("a companion has values of its own") {
  const MarksPlace place;
  const HiveValues values(place.location());
  const auto companion = values.companion("Removals");
  REQUIRE(companion.write("claim", "data"));
  CHECK(values.all().empty());
  CHECK(companion.all().size() == 1);
  CHECK(values.companion("Removals").read("claim") == "data");
}

TEST_CASE("what stays is never passed over while other values come and go") {
  constexpr int kStaying = 10;
  const MarksPlace place;
  const HiveValues values(place.location());
  for (int i = 0; i < kStaying; ++i) {
    REQUIRE(values.write("5" + std::to_string(i), "staying"));
  }
  std::atomic<bool> enough = false;
  std::thread other([&] {  // names that sort before and behind the others, each used once
    for (int i = 0; !enough; ++i) {
      const auto name = std::to_string(i % 10) + " passing " + std::to_string(i);
      values.write(name, "passing");
      values.remove(name);
    }
  });
  for (int round = 0; round < 20; ++round) {
    const auto all = values.all();
    CHECK(std::count_if(all.begin(), all.end(),
                        [](const auto& value) { return value.data == "staying"; }) == kStaying);
  }
  enough = true;
  other.join();
}

TEST_CASE("where nothing can be written there is nothing") {
  const HiveValues values(MarksPlace::unwritable());
  CHECK_FALSE(values.write("name", "data"));
  CHECK_FALSE(values.read("name"));
  CHECK(values.all().empty());
}

}  // namespace profile_broker::client
