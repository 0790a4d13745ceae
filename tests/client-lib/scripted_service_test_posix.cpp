// The library's decisions where the service's behaviour must be dictated: what it refuses, when it
// keeps silent, which claim it grants.
#include "client-lib/broker_client.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/frame_server_posix.h"
#include "tests/client-lib/granted.h"
#include "tests/client-lib/names.h"
#include "tests/support/catch.h"
#include "tests/support/scratch_folder.h"

namespace profile_broker::client {
namespace {

constexpr const char* kClaim = "7d1f8a52-0000-4000-8000-00000000000c";
const auto kGateway = name("Mail Gateway");

}  // namespace

TEST_CASE("a profile that this process holds unregistered is never deleted by it") {
  ScratchFolder folder;
  std::atomic<bool> there = false;
  std::atomic<bool> reported_kept = false;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (!there) {
      return Reply::hang_up();
    }
    if (request.method == "reference/acquire") {
      return Reply::refusal(request, Reason::deletion_deferred);
    }
    if (request.method == "profile/sweep") {
      return Reply::result(request, result::Sweep{{{kClaim, "MAIL GATEWAY"}}, {}});
    }
    reported_kept = request.method == "removal/finish" && !request.params.value("removed", true);
    return Reply::result(request, result::Finish{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  int removals = 0;
  client.set_remover([&](const std::string&) {
    ++removals;
    return hresult::kOk;
  });
  Ledger::Handle handle = 0;
  REQUIRE(client.acquire(kGateway, false, handle).result == hresult::kNoService);
  there = true;
  BrokerClient::Swept swept;
  CHECK(client.sweep(swept).result == hresult::kOk);
  CHECK(removals == 0);
  CHECK(swept.removed.empty());
  CHECK(reported_kept);
  CHECK(client.standing().own.unregistered == 1);
}

TEST_CASE("a reference without the service to a profile being deleted here is refused") {
  ScratchFolder folder;
  std::atomic<bool> there = true;
  std::atomic<bool> told = false;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (!there) {
      return Reply::hang_up();
    }
    if (request.method == "profile/delete") {
      return Reply::result(request, result::Delete{false, Removal{kClaim, "Mail Gateway"}});
    }
    told = told || request.method == "removal/finish";
    return Reply::result(request, result::Finish{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  std::uint32_t inner = hresult::kOk;
  client.set_remover([&](const std::string&) {
    there = false;
    Ledger::Handle handle = 0;
    inner = client.acquire(name("mail gateway"), false, handle).result;
    return hresult::kOk;
  });
  bool deferred = true;
  CHECK(client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(inner == hresult::kBusy);
  there = true;
  CHECK(eventually([&] { return told.load(); }));
}

TEST_CASE("a claim that the service grants again belongs to the thread that has it") {
  ScratchFolder folder;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (request.method == "profile/sweep") {
      return Reply::result(request, result::Sweep{{{kClaim, "Mail Gateway"}}, {}});
    }
    if (request.method == "profile/delete") {
      return Reply::result(request, result::Delete{false, Removal{kClaim, "Mail Gateway"}});
    }
    return Reply::result(request, result::Finish{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  int removals = 0;
  client.set_remover([&](const std::string&) {
    ++removals;
    BrokerClient::Swept swept;
    CHECK(client.sweep(swept).result == hresult::kOk);
    CHECK(swept.removed.empty());
    return hresult::kOk;
  });
  bool deferred = true;
  CHECK(client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(removals == 1);
  CHECK(server.count("removal/finish") == 1);
}

TEST_CASE("a claim in one thread's list is not carried out by another one, nor after it is over") {
  ScratchFolder folder;
  const Removal first{"7d1f8a52-0000-4000-8000-00000000000a", "Alpha"};
  const Removal second{kClaim, "Mail Gateway"};
  std::atomic<int> sweeps = 0;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (request.method == "profile/sweep") {
      // The second answer grants again what the first one did, as to a new connection.
      return Reply::result(request, ++sweeps == 1 ? result::Sweep{{first, second}, {}}
                                                  : result::Sweep{{second}, {}});
    }
    return Reply::result(request, result::Finish{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  int removals_of_second = 0;
  client.set_remover([&](const std::string& profile) {
    if (profile == "Mail Gateway") {
      ++removals_of_second;
      return hresult::kOk;
    }
    BrokerClient::Swept swept;  // by another thread, while the first one's list is long
    CHECK(client.sweep(swept).result == hresult::kOk);
    CHECK(swept.removed.empty());
    CHECK(swept.kept.size() == 1);
    return hresult::kOk;
  });
  BrokerClient::Swept swept;
  CHECK(client.sweep(swept).result == hresult::kOk);
  CHECK(swept.removed == std::vector<std::string>{"Alpha", "Mail Gateway"});
  CHECK(removals_of_second == 1);
  CHECK(server.count("removal/finish") == 2);
}

TEST_CASE("a sweep of profiles that cannot be deleted tries each once and comes to its end") {
  ScratchFolder folder;
  result::Sweep full;  // as many as one answer holds, again and again
  for (std::size_t i = 0; i < kMaxRemovalsPerSweep; ++i) {
    char claim[40];
    std::snprintf(claim, sizeof claim, "7d1f8a52-0000-4000-8000-%012zx", i);
    full.removals.push_back({claim, "Profile " + std::to_string(i)});
  }
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    return request.method == "profile/sweep" ? Reply::result(request, full)
                                             : Reply::result(request, result::Finish{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  std::size_t tries = 0;
  client.set_remover([&](const std::string&) {
    ++tries;
    return hresult::kCallFailed;
  });
  BrokerClient::Swept swept;
  CHECK(client.sweep(swept).result == hresult::kOk);
  CHECK(tries == kMaxRemovalsPerSweep);
  CHECK(swept.failed.size() == kMaxRemovalsPerSweep);
  CHECK(server.count("profile/sweep") == 2);
  CHECK(server.count("removal/finish") == 2 * kMaxRemovalsPerSweep);
}

TEST_CASE("the removals of a sweep whose answer got lost are asked for again and given back") {
  ScratchFolder folder;
  std::atomic<bool> answers = false;
  std::atomic<bool> given_back = false;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (!answers) {
      return Reply::hang_up();
    }
    if (request.method == "profile/sweep") {
      return Reply::result(request, result::Sweep{{{kClaim, "Mail Gateway"}}, {}});
    }
    given_back = request.method == "removal/finish" && !request.params.value("removed", true);
    return Reply::result(request, result::Finish{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  int removals = 0;
  client.set_remover([&](const std::string&) {
    ++removals;
    return hresult::kOk;
  });
  BrokerClient::Swept swept;
  CHECK(client.sweep(swept).result == hresult::kNetworkError);
  answers = true;
  CHECK(eventually([&] { return given_back.load(); }));
  CHECK(removals == 0);  // the program's thread that asked is gone
}

TEST_CASE("an undeletion that fails leaves the deletion owed") {
  ScratchFolder folder;
  std::atomic<bool> answers = false;
  std::atomic<int> deletions = 0;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (!answers) {
      return Reply::hang_up();
    }
    if (request.method == "profile/delete") {
      ++deletions;
      return Reply::result(request, result::Delete{true, std::nullopt});
    }
    return Reply::result(request, result::Undelete{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  bool deferred = false;
  REQUIRE(client.delete_profile(kGateway, deferred).result == hresult::kOk);
  REQUIRE(deferred);
  CHECK(client.undelete(kGateway).absent);
  CHECK(HiveMarks(folder.file("marks")).of_this_host().size() == 1);
  answers = true;
  CHECK(eventually([&] { return deletions > 0; }));
}

TEST_CASE("a remover that throws gives its claim back") {
  ScratchFolder folder;
  std::atomic<bool> given_back = false;
  FrameServer server(folder.file("socket"), [&](const Request& request) {
    if (request.method == "profile/delete") {
      return Reply::result(request, result::Delete{false, Removal{kClaim, "Mail Gateway"}});
    }
    given_back = !request.params.value("removed", true);
    return Reply::result(request, result::Finish{});
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  client.set_remover([](const std::string&) -> std::uint32_t { throw 7; });
  bool deferred = true;
  CHECK(client.delete_profile(kGateway, deferred).result == hresult::kCallFailed);
  CHECK(given_back);
}

TEST_CASE("a service that never answers costs a call its deadline, even of sixteen threads") {
  ScratchFolder folder;
  FrameServer server(folder.file("socket"), [](const Request&) { return Reply::silence(); });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  const auto begun = Clock::now();
  std::atomic<int> kept = 0;
  std::vector<std::thread> threads;
  threads.reserve(16);
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      Ledger::Handle handle = 0;
      kept += client.acquire(kGateway, false, handle).result == hresult::kNoService;
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(kept == 16);
  // One after the other they would take 16 seconds.
  CHECK(Clock::now() - begun < std::chrono::seconds(8));
}

TEST_CASE("a refused reference is not kept") {
  ScratchFolder folder;
  FrameServer server(folder.file("socket"), [](const Request& request) {
    return Reply::refusal(request, Reason::quota_exceeded);
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  Ledger::Handle handle = 0;
  CHECK(client.acquire(kGateway, true, handle).result == hresult::kNotEnoughResources);
  CHECK(client.standing().own.own == 0);
  CHECK(HiveMarks(folder.file("marks")).of_this_host().empty());
}

TEST_CASE("a stopping service is as good as none") {
  ScratchFolder folder;
  FrameServer server(folder.file("socket"), [](const Request& request) {
    return Reply::refusal(request, Reason::stopping);
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  Ledger::Handle handle = 0;
  CHECK(client.acquire(kGateway, false, handle).result == hresult::kNoService);
  bool deferred = false;
  CHECK(client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(deferred);
}

TEST_CASE("an idle client has no timer and asks nothing") {
  ScratchFolder folder;
  FrameServer server(folder.file("socket"), [](const Request& request) {
    return Reply::result(request, granted(request));
  });
  BrokerClient client(endpoint_at(server.address()), HiveMarks(folder.file("marks")));
  Ledger::Handle handle = 0;
  REQUIRE(client.acquire(kGateway, false, handle).result == hresult::kOk);
  CHECK(server.connections() == 1);
  CHECK(server.methods() == std::vector<std::string>{"reference/acquire"});
}

}  // namespace profile_broker::client
