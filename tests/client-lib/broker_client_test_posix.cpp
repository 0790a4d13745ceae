// The library against the real service, a process that is killed for real, and against a relay that
// loses answers.
#include "client-lib/broker_client.h"

#include <filesystem>
#include <fstream>

#include "tests/client-lib/eventually.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/service_process_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

const auto kGateway = name("Mail Gateway");

// A MAPI program of the account. Removers are called with no lock held, on the calling thread.
struct Program {
  BrokerClient client;
  std::vector<std::string> removed;
  std::uint32_t removers_result = hresult::kOk;

  Program(const std::string& address, const std::string& marks)
      : client(endpoint_at(address), HiveMarks(marks)) {
    client.set_remover([this](const std::string& profile) {
      removed.push_back(profile);
      return removers_result;
    });
  }
  explicit Program(const ServiceProcess& service) : Program(service.address(), service.marks()) {}

  Ledger::Handle acquire(bool temporary = false) {
    Ledger::Handle handle = 0;
    REQUIRE(client.acquire(kGateway, temporary, handle).result == hresult::kOk);
    return handle;
  }
  ProfileReport report() {
    const auto usage = client.query(kGateway);
    REQUIRE(usage);
    return usage->report;
  }
};

std::size_t marks_in(const ServiceProcess& service) {
  return HiveMarks(service.marks()).of_this_host().size();
}

}  // namespace

TEST_CASE("a temporary profile is deleted with its last reference") {
  ServiceProcess service;
  Program program(service);
  const auto first = program.acquire(true);
  const auto second = program.acquire();
  CHECK(marks_in(service) == 1);
  CHECK(program.report().references == 2);
  CHECK(program.report().temporary);
  CHECK(program.client.release(first).result == hresult::kOk);
  CHECK(program.removed.empty());
  CHECK(program.client.release(second).result == hresult::kOk);
  CHECK(program.removed == std::vector<std::string>{"Mail Gateway"});
  CHECK(program.report().references == 0);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("a profile that is neither temporary nor deleted outlives its references") {
  ServiceProcess service;
  Program program(service);
  CHECK(program.client.release(program.acquire()).result == hresult::kOk);
  CHECK(program.removed.empty());
  CHECK(marks_in(service) == 0);
}

TEST_CASE("deleting a profile in use waits for its last reference") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire();
  bool deferred = false;
  CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(deferred);
  CHECK(program.removed.empty());
  CHECK(marks_in(service) == 1);
  CHECK(program.client.release(reference).result == hresult::kOk);
  CHECK(program.removed.size() == 1);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("deleting a profile that nobody uses deletes it at once") {
  ServiceProcess service;
  Program program(service);
  bool deferred = true;
  CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK_FALSE(deferred);
  CHECK(program.removed.size() == 1);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("a deletion that MAPI refuses leaves the profile as it was") {
  ServiceProcess service;
  Program program(service);
  program.removers_result = hresult::kNoAccess;
  bool deferred = true;
  CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kNoAccess);
  CHECK_FALSE(deferred);
  CHECK(marks_in(service) == 0);
  BrokerClient::Swept swept;
  CHECK(program.client.sweep(swept).result == hresult::kOk);
  CHECK(program.removed.size() == 1);  // the sweep did not try
}

TEST_CASE("deleting a profile that does not exist says so and leaves no mark") {
  ServiceProcess service;
  Program program(service);
  program.removers_result = hresult::kNotFound;
  bool deferred = true;
  CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kNotFound);
  CHECK_FALSE(deferred);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("a temporary profile that cannot be deleted stays marked until a sweep can") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire(true);
  program.removers_result = hresult::kCallFailed;
  CHECK(program.client.release(reference).result == hresult::kCallFailed);
  CHECK(marks_in(service) == 1);
  BrokerClient::Swept failing;
  CHECK(program.client.sweep(failing).result == hresult::kOk);
  CHECK(failing.failed.size() == 1);
  CHECK(failing.removed.empty());
  program.removers_result = hresult::kOk;
  BrokerClient::Swept swept;
  CHECK(program.client.sweep(swept).result == hresult::kOk);
  CHECK(swept.removed.size() == 1);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("without a remover nothing is deleted and the mark stays") {
  ServiceProcess service;
  Program program(service);
  program.client.set_remover({});
  bool deferred = false;
  CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kNoSupport);
  CHECK(deferred);
  CHECK(marks_in(service) == 1);
}

TEST_CASE("undeleting takes the deletion and the mark back") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire(true);
  CHECK(program.client.undelete(kGateway).result == hresult::kOk);
  CHECK(marks_in(service) == 0);
  CHECK_FALSE(program.report().temporary);
  CHECK(program.client.release(reference).result == hresult::kOk);
  CHECK(program.removed.empty());
}

TEST_CASE("a refused reference leaves no mark behind") {
  ServiceProcess service;
  Program holder(service);
  std::uint32_t inner = hresult::kOk;
  holder.client.set_remover([&](const std::string&) {
    std::filesystem::remove_all(service.marks());
    Program other(service);
    Ledger::Handle handle = 0;
    inner = other.client.acquire(kGateway, true, handle).result;
    return hresult::kOk;
  });
  bool deferred = false;
  CHECK(holder.client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(inner == hresult::kBusy);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("a reference ends once") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire();
  CHECK(program.client.release(reference).result == hresult::kOk);
  CHECK(program.client.release(reference).result == hresult::kInvalidParameter);
  CHECK(program.client.release(12'345).result == hresult::kInvalidParameter);
}

TEST_CASE("a reference taken without the service is registered once it is there") {
  ServiceProcess service(0, false);
  Program program(service);
  Ledger::Handle handle = 0;
  CHECK(program.client.acquire(kGateway, true, handle).result == hresult::kNoService);
  CHECK(program.client.standing().own.unregistered == 1);
  service.start();
  Program other(service);
  CHECK(eventually([&] { return other.report().references == 1; }));
  CHECK(other.report().temporary);
  CHECK(program.client.release(handle).result == hresult::kOk);
  CHECK(program.removed.size() == 1);
}

TEST_CASE("a reference released right after the service came is seen to its end") {
  ServiceProcess service(0, false);
  Program program(service);
  Ledger::Handle handle = 0;
  CHECK(program.client.acquire(kGateway, true, handle).result == hresult::kNoService);
  service.start();
  CHECK(program.client.release(handle).result == hresult::kOk);
  CHECK(program.removed.size() == 1);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("a deletion without the service is marked and carried out later") {
  ServiceProcess service(0, false);
  {
    Program program(service);
    bool deferred = false;
    CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kOk);
    CHECK(deferred);
    CHECK(program.removed.empty());
  }
  CHECK(marks_in(service) == 1);
  service.start();
  Program next(service);
  BrokerClient::Swept swept;
  CHECK(next.client.sweep(swept).result == hresult::kOk);
  CHECK(swept.removed.size() == 1);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("a deletion without the service is known to it when it comes back") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire();
  service.kill();
  bool deferred = false;
  CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kOk);
  CHECK(deferred);
  service.start();
  Program other(service);
  CHECK(eventually([&] { return other.report().deletion_deferred; }));
  CHECK(program.client.release(reference).result == hresult::kOk);
  CHECK(program.removed.size() == 1);
}

TEST_CASE("a service that lost its journal learns every reference again") {
  ServiceProcess service;
  Program program(service);
  std::vector<Ledger::Handle> references;
  references.reserve(100);
  for (int i = 0; i < 100; ++i) {  // several round trips' worth
    references.push_back(program.acquire());
  }
  service.kill();
  service.lose_journal();
  service.start();
  CHECK(program.report().references == 100);
  CHECK(program.client.standing().own.unregistered == 0);
}

TEST_CASE("the service killed while a profile is being deleted learns the end of it") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire(true);
  program.client.set_remover([&](const std::string&) {
    service.kill();
    return hresult::kOk;
  });
  CHECK(program.client.release(reference).result == hresult::kOk);
  CHECK(marks_in(service) == 0);
  service.start();
  Program other(service);
  CHECK(eventually([&] { return !other.report().being_removed; }));
  other.acquire();
}

TEST_CASE("a release that the service missed is told when it is back") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire(true);
  service.kill();
  CHECK(program.client.release(reference).result == hresult::kNoService);
  CHECK(program.removed.empty());
  CHECK(marks_in(service) == 1);  // nobody to run the remover: the sweep's
  service.start();
  Program other(service);
  CHECK(eventually([&] {
    const auto report = other.report();
    return report.references == 0 && !report.being_removed;
  }));
  BrokerClient::Swept swept;
  CHECK(other.client.sweep(swept).result == hresult::kOk);
  CHECK(swept.removed.size() == 1);
}

TEST_CASE("a recovering service keeps what a sweep would take") {
  ServiceProcess service(3'600);
  Program program(service);
  service.kill();
  service.start();
  HiveMarks(service.marks()).write(name("Left over"));
  BrokerClient::Swept swept;
  CHECK(program.client.sweep(swept).result == hresult::kOk);
  CHECK(swept.removed.empty());
  CHECK(marks_in(service) == 1);
  REQUIRE(swept.kept.size() == 1);
  CHECK(swept.kept.front().reason == KeptReason::recovering);
}

TEST_CASE("a lost answer changes nothing") {
  ServiceProcess service;
  LossyRelay relay(service);
  Program program(relay.address(), service.marks());

  SECTION("of acquire: one reference, not two") {
    relay.lose_answer_to("reference/acquire");
    const auto reference = program.acquire();
    CHECK(relay.lost());
    CHECK(program.report().references == 1);
    CHECK(program.client.release(reference).result == hresult::kOk);
    CHECK(program.report().references == 0);
  }
  SECTION("of release: the profile is deleted, once") {
    const auto reference = program.acquire(true);
    relay.lose_answer_to("reference/release");
    CHECK(program.client.release(reference).result == hresult::kOk);
    CHECK(relay.lost());
    CHECK(program.removed.size() == 1);
    CHECK(marks_in(service) == 0);
  }
  SECTION("of delete: the profile is deleted, once") {
    relay.lose_answer_to("profile/delete");
    bool deferred = true;
    CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kOk);
    CHECK(relay.lost());
    CHECK_FALSE(deferred);
    CHECK(program.removed.size() == 1);
  }
  SECTION("of sweep: the profile is deleted, once") {
    HiveMarks(service.marks()).write(kGateway);
    relay.lose_answer_to("profile/sweep");
    BrokerClient::Swept swept;
    CHECK(program.client.sweep(swept).result == hresult::kOk);
    CHECK(relay.lost());
    CHECK(program.removed.size() == 1);
  }
  SECTION("of finish: the profile may be used again") {
    relay.lose_answer_to("removal/finish");
    bool deferred = true;
    CHECK(program.client.delete_profile(kGateway, deferred).result == hresult::kOk);
    CHECK(relay.lost());
    CHECK(relay.count("removal/finish") == 2);
    program.acquire();
  }
  CHECK_FALSE(program.report().being_removed);
}

TEST_CASE("a remover may call the library, and its claim is not taken twice") {
  ServiceProcess service;
  Program program(service);
  const auto reference = program.acquire(true);
  int calls = 0;
  program.client.set_remover([&](const std::string&) {
    ++calls;
    BrokerClient::Swept swept;
    CHECK(program.client.sweep(swept).result == hresult::kOk);
    CHECK(swept.removed.empty());
    return hresult::kOk;
  });
  CHECK(program.client.release(reference).result == hresult::kOk);
  CHECK(calls == 1);
}

TEST_CASE("another host's mark is left alone") {
  ServiceProcess service;
  Program program(service);
  HiveMarks(service.marks()).write(kGateway);
  for (const auto& entry : std::filesystem::directory_iterator(service.marks())) {
    std::ofstream(entry.path()) << "another-host 2026-01-31T08:15:00.123Z\nMail Gateway\n";
  }
  BrokerClient::Swept swept;
  CHECK(program.client.sweep(swept).result == hresult::kOk);
  CHECK(program.removed.empty());
  CHECK_FALSE(std::filesystem::is_empty(service.marks()));
}

TEST_CASE("a sweep takes everything, however much") {
  ServiceProcess service;
  Program program(service);
  const HiveMarks marks(service.marks());
  for (int i = 0; i < 600; ++i) {
    marks.write(name("Profile " + std::to_string(i)));
  }
  BrokerClient::Swept swept;
  CHECK(program.client.sweep(swept).result == hresult::kOk);
  CHECK(swept.removed.size() == 600);
  CHECK(marks_in(service) == 0);
}

TEST_CASE("a sweep whose time is over begins nothing, and the next one does") {
  ServiceProcess service;
  Program program(service);
  HiveMarks(service.marks()).write(kGateway);
  BrokerClient::Swept swept;
  CHECK(program.client.sweep(swept, Clock::now()).result == hresult::kOk);
  CHECK(program.removed.empty());
  CHECK(marks_in(service) == 1);
  CHECK(program.client.sweep(swept).result == hresult::kOk);
  CHECK(program.removed == std::vector<std::string>{"Mail Gateway"});
}

TEST_CASE("a profile that is deleted in a way of its own is not deleted by the remover") {
  ServiceProcess service;
  Program program(service);
  bool deferred = true;
  int deleted = 0;
  const auto own_way = [&](const std::string& profile) {
    deleted += profile == "Mail Gateway" ? 1 : 0;
    CHECK(program.client.is_removing_here(name("mail gateway")));
    return hresult::kOk;
  };
  CHECK_FALSE(program.client.is_removing_here(kGateway));
  CHECK(program.client.delete_profile(kGateway, own_way, deferred).result == hresult::kOk);
  CHECK_FALSE(deferred);
  CHECK(deleted == 1);
  CHECK(program.removed.empty());
  CHECK_FALSE(program.client.is_removing_here(kGateway));
}

TEST_CASE(
    "work that needs a profile unused is done when nobody uses it, and asks for no deletion") {
  ServiceProcess service;
  Program program(service);
  Program other(service);
  int done = 0;
  bool in_use = false;
  const auto work = [&](const std::string&) {
    ++done;
    return hresult::kOk;
  };
  const auto reference = other.acquire();
  CHECK(program.client.while_unused(kGateway, work, in_use).result == hresult::kOk);
  CHECK(in_use);
  CHECK(done == 0);
  CHECK_FALSE(other.report().deletion_deferred);
  CHECK(other.client.release(reference).result == hresult::kOk);
  CHECK(other.removed.empty());
  CHECK(program.client.while_unused(kGateway, work, in_use).result == hresult::kOk);
  CHECK_FALSE(in_use);
  CHECK(done == 1);
  service.stop();
  CHECK(program.client.while_unused(kGateway, work, in_use).absent);
  CHECK(in_use);
  CHECK(done == 1);
}

TEST_CASE("the mark of a profile that is gone already goes, too") {
  ServiceProcess service;
  Program program(service);
  program.removers_result = hresult::kNotFound;
  HiveMarks(service.marks()).write(kGateway);
  BrokerClient::Swept swept;
  CHECK(program.client.sweep(swept).result == hresult::kOk);
  CHECK(swept.removed.empty());
  CHECK(swept.failed.empty());
  CHECK(marks_in(service) == 0);
}

}  // namespace profile_broker::client
