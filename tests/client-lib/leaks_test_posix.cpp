// Thousands of turns of what programs do all day leave service and library as they were:
// descriptors and memory. The connections are made by hand, without the library, so that ten
// thousand of them take seconds under AddressSanitizer, too. That one keeps freed memory for a
// while; the service is told to keep next to nothing, so that its size can be looked at from
// outside.
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "client-lib/broker_client.h"
#include "proto/framing.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/service_process_posix.h"
#include "tests/support/catch.h"
#include "tests/support/process_facts_posix.h"

namespace profile_broker::client {
namespace {

// For all turns together, where a leak of 100 bytes a turn would be a megabyte in ten thousand.
constexpr std::size_t kSlack = std::size_t{700} * 1024;

struct ServiceWithoutQuarantine {
  ServiceWithoutQuarantine() {
    ::setenv("ASAN_OPTIONS", "quarantine_size_mb=0:thread_local_quarantine_size_kb=0", 1);
  }
  ~ServiceWithoutQuarantine() { ::unsetenv("ASAN_OPTIONS"); }
};

// What the test's process and the service's have in use after some turns, and after many more. The
// first turns are those in which allocators and tables get the room that they keep.
template <typename Turn>
void check_that_nothing_is_left(const ServiceProcess& service, int turns, Turn turn) {
  for (int i = 0; i < turns / 10; ++i) {
    turn();
  }
  const auto descriptors = open_descriptors(service.pid());
  const auto memory = resident_bytes(service.pid());
  const auto own_descriptors = open_descriptors(::getpid());
  const auto own_memory = allocated_bytes();
  for (int i = 0; i < turns; ++i) {
    turn();
  }
  CHECK(eventually([&] { return open_descriptors(service.pid()) <= descriptors; }));
  CHECK(open_descriptors(::getpid()) == own_descriptors);
  const auto memory_after = resident_bytes(service.pid());
  const auto own_memory_after = allocated_bytes();
  CAPTURE(memory, memory_after, own_memory, own_memory_after);
  CHECK(memory_after < memory + kSlack);
  CHECK(own_memory_after < own_memory + kSlack / 10);
}

// Connects, asks and reads the answer, with system calls alone.
bool ask_once(const std::string& path, const std::string& request) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::array<char, 4096> answer;
  const bool answered =
      ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(client, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()) &&
      ::recv(client, answer.data(), answer.size(), 0) > 0;
  ::close(client);
  return answered;
}

}  // namespace

TEST_CASE("ten thousand connections leave descriptors and memory as they were") {
  const ServiceWithoutQuarantine options;
  ServiceProcess service;
  std::string hello;
  append_frame(hello, R"({"jsonrpc":"2.0","id":1,"method":"broker/hello"})");
  int unanswered = 0;
  check_that_nothing_is_left(service, 10'000,
                             [&] { unanswered += !ask_once(service.address(), hello); });
  CHECK(unanswered == 0);
}

TEST_CASE("a thousand uses of a profile leave descriptors and memory as they were") {
  const ServiceWithoutQuarantine options;
  ServiceProcess service;
  BrokerClient client(endpoint_at(service.address()), HiveMarks(service.marks()));
  const auto profile = name("Mail Gateway");
  check_that_nothing_is_left(service, 1'000, [&] {
    Ledger::Handle handle = 0;
    client.acquire(profile, false,
                   handle);  // on a busy machine perhaps unanswered; made good later
    client.release(handle);
  });
  CHECK(client.standing().own.own == 0);
}

// Hidden: half a minute with AddressSanitizer. ./dev soak runs it.
TEST_CASE("ten thousand times the library connects and disconnects, and nothing is left", "[.]") {
  const ServiceWithoutQuarantine options;
  ServiceProcess service;
  const auto profile = name("Mail Gateway");
  int unanswered = 0;
  check_that_nothing_is_left(service, 10'000, [&] {
    BrokerClient client(endpoint_at(service.address()), HiveMarks(service.marks()));
    Ledger::Handle handle = 0;
    unanswered += client.acquire(profile, false, handle).absent ? 1 : 0;
    client.release(handle);
  });
  CAPTURE(unanswered);  // on a busy machine some; their references end with their clients
  CHECK(unanswered < 1'000);
}

}  // namespace profile_broker::client
