// Notices of real processes in the real registry of the hive, on Linux in real files: whose count,
// and that of two who meet at least one steps back.
#include "client-lib/hive_notices.h"

#include <atomic>
#include <thread>

#include "client-lib/host_name.h"
#include "tests/client-lib/marks_place.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/other_process.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

const Uuid kReference = uuid_from_text("7d1f8a52-0000-4000-8000-000000000001").value();
constexpr const char* kClaim = "7d1f8a52-0000-4000-8000-00000000000c";
const auto kGateway = name("Mail Gateway");

struct Hive {
  MarksPlace place;
  HiveMarks marks{place.location()};
  HiveNotices notices{marks};
  HiveValues references = marks.values().companion("Unregistered References");
  HiveValues removals = marks.values().companion("Removals");
};

}  // namespace

TEST_CASE("a profile with an unregistered reference is not removed, however it is spelled") {
  const Hive hive;
  REQUIRE(hive.notices.enter_reference(kReference, kGateway));
  CHECK(hive.notices.has_reference_to(name("mail gateway")));
  CHECK_FALSE(hive.notices.enter_removal(kClaim, name("MAIL GATEWAY")));
  CHECK(hive.removals.all().empty());
  CHECK(hive.notices.enter_removal(kClaim, name("Mail")));
  hive.notices.leave_removal(kClaim);
  hive.notices.leave_reference(kReference);
  CHECK(hive.references.all().empty());
  CHECK(hive.notices.enter_removal(kClaim, kGateway));
}

TEST_CASE("a profile that is being removed is not acquired, however it is spelled") {
  const Hive hive;
  REQUIRE(hive.notices.enter_removal(kClaim, kGateway));
  CHECK_FALSE(hive.notices.enter_reference(kReference, name("MAIL GATEWAY")));
  CHECK(hive.references.all().empty());
  CHECK(hive.notices.enter_reference(kReference, name("Mail")));
  hive.notices.leave_reference(kReference);
  hive.notices.leave_removal(kClaim);
  CHECK(hive.notices.enter_reference(kReference, kGateway));
}

TEST_CASE("a reference that the program has already is entered during a removal, too") {
  const Hive hive;
  REQUIRE(hive.notices.enter_removal(kClaim, kGateway));
  hive.notices.enter_kept_reference(kReference, kGateway);
  CHECK(hive.notices.has_reference_to(kGateway));
}

TEST_CASE("another process's notice counts until that process has ended, and then goes") {
  const Hive hive;
  OtherProcess other;
  REQUIRE(hive.references.write(text_of(kReference), notice_data(other.stamp(), kGateway)));
  CHECK_FALSE(hive.notices.enter_removal(kClaim, kGateway));
  SECTION("while the system still knows it") {
    other.end();
  }
  SECTION("once nobody knows it") {
    other.forget();
  }
  CHECK(hive.notices.enter_removal(kClaim, kGateway));
  CHECK(hive.references.all().empty());
}

TEST_CASE("a removal whose process has ended keeps nobody from acquiring") {
  const Hive hive;
  OtherProcess other;
  REQUIRE(hive.removals.write(kClaim, notice_data(other.stamp(), kGateway)));
  CHECK_FALSE(hive.notices.enter_reference(kReference, kGateway));
  other.forget();
  CHECK(hive.notices.enter_reference(kReference, kGateway));
  CHECK(hive.removals.all().empty());
}

TEST_CASE("a notice does not count for the process that has its pid today") {
  const Hive hive;
  const OtherProcess other;
  auto stamp = other.stamp();
  stamp.created = "1" + stamp.created;
  REQUIRE(hive.references.write(text_of(kReference), notice_data(stamp, kGateway)));
  CHECK(hive.notices.enter_removal(kClaim, kGateway));
  CHECK(hive.references.all().empty());
}

TEST_CASE("another host's notices neither count nor go") {
  const Hive hive;
  auto data = notice_data(stamp_of_this_process(), kGateway);
  data.replace(0, host_name().size(), "another-host");
  REQUIRE(hive.references.write(text_of(kReference), data));
  CHECK(hive.notices.enter_removal(kClaim, kGateway));
  CHECK(hive.references.read(text_of(kReference)) == data);
}

TEST_CASE("what is no notice neither counts nor goes") {
  const Hive hive;
  const auto self = stamp_of_this_process();
  const auto pid = std::to_string(self.pid);
  const std::vector<std::string> malformed = {
      "",
      host_name(),
      host_name() + " " + pid,
      host_name() + " " + pid + " " + self.created,
      host_name() + " " + pid + " " + self.created + " ",
      host_name() + " pid " + self.created + " Mail Gateway",
      host_name() + " 0 " + self.created + " Mail Gateway",
      host_name() + " 99999999999999999999 " + self.created + " Mail Gateway",
      host_name() + " " + pid + " " + self.created + "  Mail Gateway",
      host_name() + " " + pid + " " + self.created + " Mail\\Gateway",
  };
  for (std::size_t i = 0; i < malformed.size(); ++i) {
    REQUIRE(hive.references.write("value " + std::to_string(i), malformed[i]));
  }
  CHECK(hive.notices.enter_removal(kClaim, kGateway));
  CHECK(hive.references.all().size() == malformed.size());
}

TEST_CASE("of an acquirer and a remover who come at once at least one steps back") {
  const Hive hive;
  constexpr int kRounds = 100;
  int both = 0;
  int left_behind = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> arrived = 0;
    const auto meet = [&] {
      for (++arrived; arrived < 2;) {
        std::this_thread::yield();
      }
    };
    bool removing = false;
    std::thread remover([&] {
      meet();
      removing = hive.notices.enter_removal(kClaim, kGateway);
    });
    meet();
    const bool acquired = hive.notices.enter_reference(kReference, kGateway);
    remover.join();
    both += acquired && removing;
    left_behind += !acquired && hive.references.read(text_of(kReference));
    left_behind += !removing && hive.removals.read(kClaim);
    hive.notices.leave_reference(kReference);
    hive.notices.leave_removal(kClaim);
  }
  CHECK(both == 0);
  CHECK(left_behind == 0);
}

TEST_CASE("where the hive cannot be written everything goes on") {
  const HiveMarks marks(MarksPlace::unwritable());
  const HiveNotices notices(marks);
  CHECK(notices.enter_reference(kReference, kGateway));
  CHECK(notices.enter_removal(kClaim, kGateway));
  notices.leave_reference(kReference);
  notices.leave_removal(kClaim);
}

}  // namespace profile_broker::client
