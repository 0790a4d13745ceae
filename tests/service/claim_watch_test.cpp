#include "service/claim_watch.h"

#include "tests/service/remembering_log.h"
#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;
using namespace std::chrono_literals;

TEST_CASE("a claim that is held too long is told once, with who holds it") {
  TerminalServer server;
  RememberingLog log;
  ClaimWatch watch;
  const auto claim = server.remove(caller("S-1", 42, 7), "A").removal->claim;
  watch.check(server.table, 0s, log);
  watch.check(server.table, ClaimWatch::kLong - 1s, log);
  CHECK(log.events.empty());
  watch.check(server.table, ClaimWatch::kLong, log);
  watch.check(server.table, ClaimWatch::kLong * 2, log);
  REQUIRE(log.events.size() == 1);
  CHECK(log.events[0].id == LogEventId::claim_held_long);
  CHECK(log.events[0].inserts == std::vector<std::string>{"S-1", "42", "program.exe", "7", "120"});
  server.finish(caller("S-1", 42, 7), claim, true);
  server.remove(caller("S-1", 42, 7), "A");
  watch.check(server.table, ClaimWatch::kLong * 3, log);
  CHECK(log.events.size() == 1);  // another claim has its own time
}
