// Ten thousand connections leave the process that listens as it was: handles and memory.
#include <cstdint>
#include <vector>

#include "tests/service/listening_win.h"
#include "tests/support/catch.h"
#include "tests/support/open_handles_win.h"

namespace profile_broker::service {

TEST_CASE("Ten thousand connections leave no handle and no memory behind") {
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
    const auto peer = listening.accept_peer();
    const auto pin = peer->take_pin();
    pin->wait_for_end([] {});
    send(client, "hello");
    const auto first = listening.read(*peer).bytes;
    if (!client || !std::holds_alternative<Caller>(peer->blocking_identify(first))) {
      FAIL("a connection was not served");
    }
    listening.write(*peer, "answer");
  };
  for (int i = 0; i < 500; ++i) {  // until thread pools and allocators have what they keep
    one_connection();
  }
  listening.context().poll();
  const auto handles = open_handles();
  const auto memory = resident_bytes();
  for (int i = 0; i < 10'000; ++i) {
    one_connection();
  }
  listening.context().poll();
  const auto memory_after = resident_bytes();
  CAPTURE(memory, memory_after);
  // A pool may have grown by a thread; a leak would be ten thousand, and a megabyte for 100 bytes
  // each.
  CHECK(open_handles() <= handles + 20);
  CHECK(memory_after < memory + std::size_t{1024} * 1024);
}

}  // namespace profile_broker::service
