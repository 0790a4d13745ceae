#include "service/broker_service.h"

#include <thread>

#include "tests/service/remembering_log.h"
#include "tests/support/catch.h"
#include "tests/support/scratch_folder.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

Options options_in(const ScratchFolder& scratch) {
  Options options;
  options.endpoint = scratch.file("s");
  options.state_folder = scratch.file("state");
  return options;
}

}  // namespace

TEST_CASE("a service starts, stops when told from another thread, and starts again") {
  ScratchFolder scratch;
  RememberingLog log;
  for (int i = 0; i < 3; ++i) {
    BrokerService service(options_in(scratch), log);
    const auto failure = service.start();
    REQUIRE_FALSE(failure);
    std::thread stopper([&] {
      service.stop();
      service.stop();
    });
    service.run();
    stopper.join();
  }
  CHECK(log.warnings == 0);  // stopped in order each time: no recovery
}

TEST_CASE(
    "a stop in order while recovering does not end the recovery: the next start recovers too") {
  ScratchFolder scratch;
  RememberingLog log;
  {
    BrokerService killed(options_in(scratch), log);
    REQUIRE_FALSE(killed.start());
  }
  for (int i = 1; i <= 2; ++i) {
    BrokerService stopped_while_recovering(options_in(scratch), log);
    REQUIRE_FALSE(stopped_while_recovering.start());
    CHECK(log.count(LogEventId::recovery_began) == static_cast<std::size_t>(i));
    stopped_while_recovering.stop();
    stopped_while_recovering.run();
  }
  auto options = options_in(scratch);
  options.limits.recovery_time = std::chrono::seconds(0);
  {
    BrokerService recovered(options, log);
    REQUIRE_FALSE(recovered.start());
    recovered.stop();
    recovered.run();
  }
  BrokerService after_a_stop_in_order(options_in(scratch), log);
  REQUIRE_FALSE(after_a_stop_in_order.start());
  CHECK(log.count(LogEventId::recovery_began) == 2);
}

TEST_CASE("a second service on the same state folder or endpoint does not start, and says why") {
  ScratchFolder scratch;
  RememberingLog log;
  BrokerService first(options_in(scratch), log);
  REQUIRE_FALSE(first.start());
  BrokerService same_state(options_in(scratch), log);
  CHECK(same_state.start()->code == ExitCode::state_in_use);
  auto options = options_in(scratch);
  options.state_folder = scratch.file("other");
  BrokerService same_endpoint(options, log);
  CHECK(same_endpoint.start()->code == ExitCode::endpoint_in_use);
  first.stop();
  first.run();
}

TEST_CASE("stop before run is not lost") {
  ScratchFolder scratch;
  RememberingLog log;
  BrokerService service(options_in(scratch), log);
  REQUIRE_FALSE(service.start());
  service.stop();
  service.run();
  SUCCEED("run() returned");
}
