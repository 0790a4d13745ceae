// Programs that acquire while no service answers, and other processes of the account that sweep and
// delete in the moment when the service is back and knows nothing of them yet. Real processes; the
// holder is frozen, so that it cannot register before the attack.
#include "client-lib/broker_client.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/granted.h"
#include "tests/client-lib/holder_process_posix.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/service_process_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

constexpr const char* kClaim = "7d1f8a52-0000-4000-8000-00000000000c";
const auto kGateway = name("Mail Gateway");

// The process that attacks: it looks at everything, and would delete whatever it may.
struct Stranger {
  BrokerClient client;
  int removals = 0;
  std::function<void()> meanwhile = [] {};

  Stranger(const std::string& address, const std::string& marks)
      : client(endpoint_at(address), HiveMarks(marks)) {
    client.set_remover([this](const std::string&) {
      ++removals;
      meanwhile();
      return hresult::kOk;
    });
  }
  explicit Stranger(const ServiceProcess& service) : Stranger(service.address(), service.marks()) {}

  BrokerClient::Swept sweep() {
    BrokerClient::Swept swept;
    REQUIRE(client.sweep(swept).result == hresult::kOk);
    return swept;
  }
  ProfileReport report() {
    const auto usage = client.query(kGateway);
    REQUIRE(usage);
    return usage->report;
  }
};

std::vector<HiveValues::Value> notices_in(const std::string& marks) {
  auto notices = HiveValues(marks).companion("Unregistered References").all();
  const auto removals = HiveValues(marks).companion("Removals").all();
  notices.insert(notices.end(), removals.begin(), removals.end());
  return notices;
}

// Recovery would protect the holder for an hour; after an orderly stop there is none.
constexpr int kRecoverySeconds = 3'600;

}  // namespace

TEST_CASE("a profile acquired without the service outlives a sweep and a deletion right after") {
  ServiceProcess service(kRecoverySeconds);
  HolderProcess holder(service.address(), service.marks());
  service.stop();
  REQUIRE(holder.acquire() == hresult::kNoService);
  holder.freeze();
  service.start();
  Stranger stranger(service);

  const auto swept = stranger.sweep();
  REQUIRE(swept.kept.size() == 1);
  CHECK(swept.kept.front().reason == KeptReason::in_use);
  bool deferred = false;
  CHECK(stranger.client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(deferred);
  CHECK(stranger.removals == 0);
  CHECK_FALSE(HiveMarks(service.marks()).of_this_host().empty());

  holder.thaw();
  CHECK(eventually([&] { return stranger.report().references == 1; }));
  CHECK(eventually([&] { return notices_in(service.marks()).empty(); }));
  CHECK(eventually([&] { return stranger.report().deletion_deferred; }));
  CHECK(holder.release() == hresult::kOk);
  CHECK(holder.removals() == 1);
  CHECK(stranger.removals == 0);
  CHECK(HiveMarks(service.marks()).of_this_host().empty());
}

TEST_CASE("what a holder leaves that died before it could register is swept") {
  ServiceProcess service(kRecoverySeconds);
  HolderProcess holder(service.address(), service.marks());
  service.stop();
  REQUIRE(holder.acquire() == hresult::kNoService);
  holder.kill();
  service.start();
  Stranger stranger(service);
  CHECK(stranger.sweep().removed.size() == 1);
  CHECK(notices_in(service.marks()).empty());
}

TEST_CASE("a reference released without the service holds nothing any more") {
  ServiceProcess service(kRecoverySeconds);
  HolderProcess holder(service.address(), service.marks());
  service.stop();
  REQUIRE(holder.acquire() == hresult::kNoService);
  CHECK(notices_in(service.marks()).size() == 1);
  CHECK(holder.release() == hresult::kNoService);
  CHECK(notices_in(service.marks()).empty());
  service.start();
  Stranger stranger(service);
  CHECK(stranger.sweep().removed.size() == 1);
}

TEST_CASE("a profile that another process is deleting cannot be acquired without the service") {
  ServiceProcess service(kRecoverySeconds);
  HolderProcess holder(service.address(), service.marks());
  Stranger stranger(service);
  stranger.meanwhile = [&] {
    service.stop();
    CHECK(holder.acquire() == hresult::kBusy);
  };
  bool deferred = true;
  CHECK(stranger.client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(stranger.removals == 1);
  CHECK(notices_in(service.marks()).empty());
  CHECK(HiveMarks(service.marks()).of_this_host().empty());
  CHECK(holder.acquire() == hresult::kNoService);  // it may be made again
}

TEST_CASE("a claim granted while another process's reference is unknown is given back") {
  ScratchFolder folder;
  HolderProcess holder(folder.file("nowhere"), folder.file("marks"));
  REQUIRE(holder.acquire() == hresult::kNoService);
  std::atomic<int> given_back = 0;
  std::atomic<bool> claimed_removed = false;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    const Removal removal{kClaim, "MAIL GATEWAY"};
    if (request.method == "reference/release") {
      return Reply::result(request, result::Release{0, removal});
    }
    if (request.method == "reference/acquire") {
      return Reply::result(request, granted(request, true));
    }
    if (request.method == "profile/sweep") {
      return Reply::result(request, result::Sweep{{removal}, {}});
    }
    if (request.method == "profile/delete") {
      return Reply::result(request, result::Delete{false, removal});
    }
    if (request.params.value("removed", true)) {
      claimed_removed = true;
    } else {
      ++given_back;
    }
    return Reply::result(request, result::Finish{});
  });
  Stranger stranger(server.address(), folder.file("marks"));
  SECTION("by a sweep") {
    const auto swept = stranger.sweep();
    REQUIRE(swept.kept.size() == 1);
    CHECK(swept.kept.front().reason == KeptReason::in_use);
  }
  SECTION("by a deletion, which is asked for again as long as the reference is unknown") {
    bool deferred = false;
    CHECK(stranger.client.delete_profile(kGateway, deferred).result == hresult::kOk);
    CHECK(deferred);
    CHECK(eventually([&] { return given_back >= 3; }));
  }
  SECTION("by a release") {
    Ledger::Handle handle = 0;
    REQUIRE(stranger.client.acquire(kGateway, true, handle).result == hresult::kOk);
    CHECK(stranger.client.release(handle).result == hresult::kOk);
  }
  CHECK(stranger.removals == 0);
  CHECK(given_back >= 1);
  CHECK_FALSE(claimed_removed);
  CHECK_FALSE(HiveMarks(folder.file("marks")).of_this_host().empty());
  CHECK(HiveValues(folder.file("marks")).companion("Removals").all().empty());
}

TEST_CASE("with a service that answers nothing is noticed in the hive") {
  ServiceProcess service;
  Stranger program(service);
  Ledger::Handle handle = 0;
  REQUIRE(program.client.acquire(kGateway, true, handle).result == hresult::kOk);
  CHECK(notices_in(service.marks()).empty());
  program.meanwhile = [&] { CHECK(notices_in(service.marks()).size() == 1); };
  CHECK(program.client.release(handle).result == hresult::kOk);
  CHECK(program.removals == 1);
  CHECK(notices_in(service.marks()).empty());
}

TEST_CASE("a reference that the service refuses after a restart is noticed until it is released") {
  ScratchFolder folder;
  std::atomic<bool> refuses = false;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (request.method == "profile/query") {
      return Reply::hang_up();
    }
    if (request.method == "reference/release") {
      return Reply::refusal(request, Reason::not_found);
    }
    return refuses ? Reply::refusal(request, Reason::deletion_deferred)
                   : Reply::result(request, granted(request));
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  Ledger::Handle handle = 0;
  REQUIRE(client.acquire(kGateway, false, handle).result == hresult::kOk);
  refuses = true;
  CHECK_FALSE(client.query(kGateway));  // the connection ends, and the next one refuses
  CHECK(eventually([&] { return notices_in(folder.file("marks")).size() == 1; }));
  CHECK(client.release(handle).result == hresult::kOk);
  CHECK(notices_in(folder.file("marks")).empty());
}

}  // namespace profile_broker::client
