// The library under sixty-four threads of one program, against the real service. A program of its
// own, because it is also built with ThreadSanitizer, which would take too long for all tests.
#include <atomic>
#include <thread>
#include <vector>

#include "client-lib/broker_client.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/service_process_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

constexpr int kThreads = 64;

// Runs work(thread's number) on all threads at once.
template <typename Work>
void on_all_threads(Work work) {
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&work, t] { work(t); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
}

bool failed(const BrokerClient::Done& done) {
  return (done.result & 0x80000000U) != 0;
}

bool nothing_is_listed(BrokerClient& client) {
  return eventually([&] {
    const auto list = client.ask<result::List>(call::List{});
    return list && list->profiles.empty();
  });
}

}  // namespace

TEST_CASE("sixty-four threads acquire and release at once") {
  ServiceProcess service;
  BrokerClient client(endpoint_at(service.address()), HiveMarks(service.marks()));
  std::atomic<int> failures = 0;
  on_all_threads([&](int t) {
    const auto profile = name("Profile " + std::to_string(t % 8));
    for (int i = 0; i < 20; ++i) {
      Ledger::Handle handle = 0;
      // A busy machine may let a turn pass unanswered; that is a success to the program, too, and
      // made good later.
      failures += failed(client.acquire(profile, false, handle));
      failures += failed(client.release(handle));
    }
  });
  CHECK(failures == 0);
  CHECK(client.standing().own.own == 0);
  CHECK(nothing_is_listed(client));
}

TEST_CASE(
    "sixty-four threads use, delete, sweep and look at profiles while the service comes and goes") {
  ServiceProcess service;
  BrokerClient client(endpoint_at(service.address()), HiveMarks(service.marks()));
  std::atomic<int> removed = 0;
  client.set_remover([&](const std::string&) {
    ++removed;
    return hresult::kOk;
  });
  std::atomic<int> done = 0;
  std::atomic<int> failures = 0;
  std::thread restarts([&] {
    while (done < kThreads / 2) {
      service.kill();
      service.start();
    }
  });
  on_all_threads([&](int t) {
    const auto profile = name("Profile " + std::to_string(t % 8));
    for (int i = 0; i < 3; ++i) {
      Ledger::Handle handle = 0;
      // Refused while another thread deletes the profile; else it is held, service or not.
      if (!failed(client.acquire(profile, t % 2 == 0, handle))) {
        client.query(profile);
        failures += failed(client.release(handle));
      }
      bool deferred = false;
      BrokerClient::Swept swept;
      if (t % 4 == 0) {
        client.delete_profile(profile, deferred);
      } else if (t % 4 == 1) {
        client.sweep(swept);
      } else {
        client.standing();
      }
    }
    ++done;
  });
  restarts.join();
  CHECK(failures == 0);
  CHECK(client.standing().own.own == 0);
  CHECK(eventually([&] {
    BrokerClient::Swept swept;
    return client.sweep(swept).result == hresult::kOk && swept.kept.empty();
  }));
  CHECK(nothing_is_listed(client));
  CHECK(removed > 0);
}

}  // namespace profile_broker::client
