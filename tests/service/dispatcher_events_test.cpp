// What the dispatcher tells the administrator.
#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

ServiceLimits small_limits() {
  ServiceLimits limits;
  limits.references_per_process = 2;
  limits.references_per_user = 3;
  limits.profiles_per_user = 2;
  return limits;
}

}  // namespace

TEST_CASE("a profile that a crashed program left behind is told of when it has been deleted") {
  TerminalServer server;
  const auto crashed = caller("S-1", 42);
  const auto sweeper = caller("S-1", 43, 5);
  server.acquire(crashed, "A", true);
  server.dispatcher.process_ended(crashed.holder.key, server.now);
  const auto swept = server.sweep(sweeper);
  REQUIRE(swept.removals.size() == 1);
  CHECK(server.reported.empty());
  SECTION("deleted") {
    server.finish(sweeper, swept.removals[0].claim, true);
    REQUIRE(server.reported.size() == 1);
    CHECK(server.reported[0].id == LogEventId::leftover_deleted);
    CHECK(server.reported[0].inserts ==
          std::vector<std::string>{"S-1", "process 42 (program.exe)", "43", "program.exe", "5"});
  }
  SECTION("could not be deleted this time") {
    server.finish(sweeper, swept.removals[0].claim, false);
    CHECK(server.reported.empty());
    server.finish(sweeper, server.sweep(sweeper).removals.at(0).claim, true);
    CHECK(server.reported.size() == 1);
  }
  SECTION("the sweeper crashes, too") {
    server.dispatcher.process_ended(sweeper.holder.key, server.now);
    const auto third = caller("S-1", 44);
    server.finish(third, server.sweep(third).removals.at(0).claim, true);
    REQUIRE(server.reported.size() == 1);
    CHECK(server.reported[0].inserts[1] == "process 42 (program.exe)");
  }
}

TEST_CASE("an ordinary deletion is no event") {
  TerminalServer server;
  const auto program = caller("S-1", 42);
  const auto reference = server.acquire(program, "A", true);
  server.finish(program, server.release(program, reference).removal->claim, true);
  server.finish(program, server.remove(program, "B").removal->claim, true);
  server.finish(program, server.sweep(program, {"C"}).removals.at(0).claim, true);
  CHECK(server.reported.empty());
}

TEST_CASE("a program that used the profile after the crash is not blamed for the crash") {
  TerminalServer server;
  const auto crashed = caller("S-1", 42);
  const auto next = caller("S-1", 43);
  server.acquire(crashed, "A", true);
  server.dispatcher.process_ended(crashed.holder.key, server.now);
  const auto reference = server.acquire(next, "A");
  server.finish(next, server.release(next, reference).removal->claim, true);
  CHECK(server.reported.empty());
}

TEST_CASE("a quota that is reached is told with the setting, its value and the program") {
  TerminalServer server(small_limits());
  const auto program = caller("S-1", 42);
  server.acquire(program, "A");
  server.acquire(program, "A");
  const auto told = [&](const Caller& who, const char* profile) {
    server.refused(who, call::Acquire{profile_name(profile), std::nullopt, false, ""});
    return server.reported.back();
  };
  CHECK(told(program, "A").id == LogEventId::quota_reached);
  CHECK(told(program, "A").inserts ==
        std::vector<std::string>{"S-1", "ReferencesPerProcess", "2", "42", "program.exe"});
  const auto second = caller("S-1", 43);
  server.acquire(second, "B");
  CHECK(told(second, "B").inserts.at(1) == "ReferencesPerUser");
  server.release(program, server.table.find_process(program.holder.key)->references.front().uuid);
  CHECK(told(second, "C").inserts.at(1) == "ProfilesPerUser");
}
