// Renames that wait, in the real registry of the process's hive, on Linux in real files.
#include "client-lib/mapi/deferred_renames.h"

#include "tests/client-lib/marks_place.h"
#include "tests/client-lib/names.h"
#include "tests/support/catch.h"

namespace profile_broker::client::mapi {

TEST_CASE("a rename waits until it is taken out, and a later one takes its place") {
  const MarksPlace place;
  const HiveMarks marks(place.location());
  const DeferredRenames renames(marks);
  CHECK(renames.of_this_host().empty());
  REQUIRE(renames.write(name("Mail Gateway"), name("Old Gateway 1")));
  REQUIRE(renames.write(name("MAIL GATEWAY"), name("Old Gateway 2")));
  const auto waiting = renames.of_this_host();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting.front().profile.folded() == name("Mail Gateway").folded());
  CHECK(waiting.front().new_name.shown() == "Old Gateway 2");
  CHECK(marks.of_this_host().empty());
  renames.remove(name("mail gateway"));
  CHECK(renames.of_this_host().empty());
}

TEST_CASE("another host's rename and what is none are left alone") {
  const MarksPlace place;
  const HiveMarks marks(place.location());
  const auto values = marks.values().companion("Deferred Renames");
  REQUIRE(values.write("Roamed", "some-other-host New name"));
  REQUIRE(values.write("Torn", "some"));
  CHECK(DeferredRenames(marks).of_this_host().empty());
  CHECK(values.all().size() == 2);
}

}  // namespace profile_broker::client::mapi
