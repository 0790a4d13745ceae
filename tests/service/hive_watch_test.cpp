#include "service/hive_watch.h"

#include "tests/service/remembering_log.h"
#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

TEST_CASE("a hive that goes while programs use its profiles is told once, until it is back") {
  TerminalServer server;
  RememberingLog log;
  HiveWatch watch;
  server.acquire(caller("S-1", 42), "A");
  watch.check(server.table, {"S-1", "S-2"}, log);
  watch.check(server.table, {"S-2"}, log);
  CHECK(log.events.empty());
  watch.check(server.table, {"S-2"}, log);
  watch.check(server.table, {"S-2"}, log);
  REQUIRE(log.events.size() == 1);
  CHECK(log.events[0].id == LogEventId::hive_unloaded);
  CHECK(log.events[0].inserts == std::vector<std::string>{"S-1", "1", "42", "program.exe"});
  watch.check(server.table, {"S-1"}, log);
  watch.check(server.table, {}, log);
  watch.check(server.table, {}, log);
  CHECK(log.events.size() == 2);
}

TEST_CASE("a hive that goes at the moment when its programs end is as it should be") {
  TerminalServer server;
  RememberingLog log;
  HiveWatch watch;
  server.acquire(caller("S-1", 42), "A");
  watch.check(server.table, {"S-1"}, log);
  watch.check(server.table, {}, log);  // the end of the program is not known yet
  server.dispatcher.process_ended(caller("S-1", 42).holder.key, {});
  watch.check(server.table, {}, log);
  watch.check(server.table, {}, log);
  CHECK(log.events.empty());
}

TEST_CASE("an account whose hive was never seen, as on Linux, is not told of") {
  TerminalServer server;
  RememberingLog log;
  HiveWatch watch;
  server.acquire(caller("1000", 42), "A");
  for (int i = 0; i < 5; ++i) {
    watch.check(server.table, {}, log);
  }
  CHECK(log.events.empty());
}
