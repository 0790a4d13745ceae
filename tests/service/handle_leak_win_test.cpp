#include <winternl.h>

#include <cstdint>
#include <vector>

#include "tests/service/listening_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

// SystemExtendedHandleInformation of NtQuerySystemInformation: GetProcessHandleCount always says 0
// under Wine.
constexpr int kExtendedHandleInformation = 64;

struct HandleEntry {
  void* object;
  std::uintptr_t process;
  std::uintptr_t handle;
  ULONG access;
  USHORT back_trace;
  USHORT type;
  ULONG attributes;
  ULONG reserved;
};
struct HandleTable {
  std::uintptr_t count;
  std::uintptr_t reserved;
  HandleEntry entries[1];
};

std::size_t open_handles() {
  using Query = NTSTATUS(WINAPI*)(int, void*, ULONG, ULONG*);
  const auto query = reinterpret_cast<Query>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation")));
  std::vector<std::byte> block(1 << 16);
  ULONG needed = 0;
  while (query(kExtendedHandleInformation, block.data(), static_cast<ULONG>(block.size()),
               &needed) != 0) {
    REQUIRE(block.size() < (std::size_t{1} << 28));
    block.resize(block.size() * 2);
  }
  const auto* table = reinterpret_cast<const HandleTable*>(block.data());
  std::size_t count = 0;
  for (std::size_t i = 0; i < table->count; ++i) {
    count += table->entries[i].process == GetCurrentProcessId() ? 1 : 0;
  }
  return count;
}

}  // namespace

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
