#include <cstdint>
#include <vector>

#include "tests/service/listening_win.h"
#include "tests/support/catch.h"
#include "tests/support/open_handles_win.h"

namespace profile_broker::service {

TEST_CASE("A thousand connections leave no handle behind") {
  const auto before_events = open_handles();
  {
    std::vector<KernelHandle> events;
    for (int i = 0; i < 10; ++i) {
      events.emplace_back(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    }
    REQUIRE(open_handles() == before_events + 10);  // the count does see handles
  }

  Listening listening;
  const auto one_connection = [&] {
    const auto client = open_pipe(listening.name());
    REQUIRE(client);
    const auto peer = listening.accept_peer();
    const auto pin = peer->take_pin();
    pin->wait_for_end([] {});
    send(client, "hello");
    const auto first = listening.read(*peer).bytes;
    REQUIRE(std::holds_alternative<Caller>(peer->blocking_identify(first)));
    listening.write(*peer, "answer");
  };
  for (int i = 0; i < 50; ++i) {  // until thread pools have what they keep
    one_connection();
  }
  listening.context().poll();
  const auto before = open_handles();
  for (int i = 0; i < 1'000; ++i) {
    one_connection();
  }
  listening.context().poll();
  // A pool may have grown by a thread; a leak would be a thousand.
  CHECK(open_handles() <= before + 20);
}

}  // namespace profile_broker::service
