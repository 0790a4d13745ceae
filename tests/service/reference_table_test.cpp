#include "service/reference_table.h"

#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

const Holder kHolder{{10, 1}, "S-1", 2, "a.exe"};
const Holder kOther{{20, 1}, "S-1", 3, "b.exe"};

change::Acquired acquired(unsigned id, const Holder& holder, std::string_view profile,
                          bool temporary = false) {
  return {numbered_uuid(id), holder.key, profile_name(profile), temporary, {}, ""};
}

change::Claimed claimed(unsigned id, const Holder& holder, std::string_view profile) {
  return {numbered_uuid_text(id), holder.key, profile_name(profile), {}};
}

}  // namespace

TEST_CASE("a change that makes no sense is refused and alters nothing") {
  ReferenceTable table;
  CHECK_FALSE(table.apply(acquired(1, kHolder, "A")));  // unknown process
  CHECK_FALSE(table.apply(claimed(1, kHolder, "A")));
  CHECK(table.empty());
  REQUIRE(table.apply(change::ProcessSeen{kHolder}));
  CHECK_FALSE(table.apply(change::ProcessSeen{kHolder}));
  REQUIRE(table.apply(acquired(1, kHolder, "A")));
  CHECK_FALSE(table.apply(acquired(1, kHolder, "B")));  // the id is taken
  CHECK_FALSE(table.apply(claimed(2, kHolder, "A")));   // in use
  CHECK_FALSE(table.apply(change::Released{numbered_uuid(9)}));
  CHECK_FALSE(table.apply(change::Finished{numbered_uuid_text(9), true}));
  CHECK_FALSE(table.apply(change::Undeleted{"S-1", profile_name("Z")}));
  CHECK_FALSE(table.apply(change::ProcessEnded{kOther.key}));
  CHECK(table.reference_count() == 1);
  CHECK(table.profile_count() == 1);
}

TEST_CASE("a claimed profile takes no reference, no second claim, no mark") {
  ReferenceTable table;
  table.apply(change::ProcessSeen{kHolder});
  table.apply(change::ProcessSeen{kOther});
  REQUIRE(table.apply(claimed(1, kHolder, "A")));
  CHECK_FALSE(table.apply(acquired(2, kOther, "a")));
  CHECK_FALSE(table.apply(claimed(3, kOther, "a")));
  CHECK_FALSE(table.apply(change::Deferred{"S-1", profile_name("A")}));
  CHECK_FALSE(table.apply(change::MadeTemporary{"S-1", profile_name("A")}));
  CHECK_FALSE(table.apply(change::Undeleted{"S-1", profile_name("A")}));
}

TEST_CASE("a table describes itself so that an empty table becomes the same") {
  ReferenceTable table;
  for (const auto& holder : {kHolder, kOther, Holder{{30, 1}, "S-2", 4, "c.exe"}}) {
    table.apply(change::ProcessSeen{holder});
  }
  table.apply(acquired(1, kHolder, "used"));
  table.apply(acquired(2, kOther, "USED"));
  table.apply(acquired(3, kHolder, "temporary", true));
  table.apply(acquired(4, kHolder, "deferred"));
  table.apply(change::Deferred{"S-1", profile_name("deferred")});
  table.apply(acquired(5, kHolder, "left", true));
  table.apply(change::Released{numbered_uuid(5)});
  table.apply(change::Deferred{"S-2", profile_name("waiting")});
  table.apply(change::MadeTemporary{"S-2", profile_name("claimed")});
  table.apply(change::Claimed{numbered_uuid_text(6),
                              {30, 1},
                              profile_name("claimed"),
                              numbered_uuid(7),
                              WallTime(std::chrono::seconds(6))});

  ReferenceTable again;
  table.describe([&](const Change& change) { REQUIRE(again.apply(change)); });
  CHECK(again.reference_count() == table.reference_count());
  CHECK(again.profile_count() == table.profile_count());
  CHECK(again.claim_count() == 1);
  CHECK(again.processes().size() == 3);
  CHECK(again.find_profile("S-1", profile_name("temporary"))->temporary);
  CHECK(again.find_profile("S-1", profile_name("left"))->temporary);
  CHECK_FALSE(again.find_profile("S-1", profile_name("left"))->deletion_deferred);
  CHECK(again.find_profile("S-1", profile_name("deferred"))->deletion_deferred);
  CHECK(again.find_profile("S-2", profile_name("claimed"))->temporary);
  CHECK(again.find_claim(numbered_uuid_text(6))->released == numbered_uuid(7));
  CHECK(again.find_claim(numbered_uuid_text(6))->since == WallTime(std::chrono::seconds(6)));
  CHECK(again.find_profile("S-1", profile_name("used"))->references().size() == 2);
}

TEST_CASE("a table that describes itself keeps holders and claims in their order") {
  ReferenceTable table;
  table.apply(change::ProcessSeen{kHolder});
  for (unsigned i = 1; i <= 50; ++i) {
    table.apply(acquired(i, kHolder, "used"));
    table.apply(claimed(100 + i, kHolder, "claimed " + std::to_string(i)));
  }
  ReferenceTable again;
  table.describe([&](const Change& change) { REQUIRE(again.apply(change)); });
  unsigned number = 0;
  for (const auto& reference : again.find_profile("S-1", profile_name("used"))->references()) {
    CHECK(reference.uuid == numbered_uuid(++number));
  }
  for (const auto& claim : again.find_hive("S-1")->claims) {
    CHECK(claim.id == numbered_uuid_text(100 + ++number - 50));
  }
  CHECK(number == 100);
}

TEST_CASE("nothing is remembered of who and what is gone") {
  ReferenceTable table;
  table.apply(change::ProcessSeen{kHolder});
  table.apply(acquired(1, kHolder, "A"));
  table.apply(claimed(2, kHolder, "B"));
  table.apply(change::ProcessEnded{kHolder.key});
  CHECK(table.empty());
  CHECK(table.hives().empty());
  CHECK(table.claim_count() == 0);
}

TEST_CASE("a pid that came back with another creation time is another process") {
  ReferenceTable table;
  table.apply(change::ProcessSeen{kHolder});
  const Holder again{{kHolder.key.pid, 2}, "S-1", 2, "a.exe"};
  REQUIRE(table.apply(change::ProcessSeen{again}));
  table.apply(acquired(1, again, "A"));
  table.apply(change::ProcessEnded{kHolder.key});
  CHECK(table.reference_count() == 1);
}
