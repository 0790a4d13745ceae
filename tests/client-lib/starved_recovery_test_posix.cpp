// A service that is started again with too few descriptors for the processes that hold references.
#include <fstream>
#include <list>
#include <string>

#include "client-lib/broker_client.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/holder_process_posix.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/service_process_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {

namespace {

// How often the service's log says that it listens.
int starts_of(const ServiceProcess& service) {
  std::ifstream log(service.file("log"));
  int starts = 0;
  for (std::string line; std::getline(log, line);) {
    starts += line.find("and listens on ") != std::string::npos;
  }
  return starts;
}

}  // namespace

TEST_CASE("a holder that a restarted service has no descriptor left to watch keeps its reference") {
  ServiceProcess service(0, false);
  std::list<HolderProcess> holders;
  for (int i = 0; i < 24; ++i) {
    holders.emplace_back(service.address(), service.marks());
  }
  service.start();
  for (const auto& holder : holders) {
    REQUIRE(holder.acquire() == hresult::kOk);
    holder.freeze();  // it cannot register again
  }
  service.kill();
  // Whether or not looking at the last of them has left one.
  service.start_with_descriptors(GENERATE(20u, 21u));
  REQUIRE(eventually([&] { return starts_of(service) == 2; }));
  // Each holder that ends gives one back; in the end there are enough to answer with.
  // The first of them were the last that the service looked for.
  while (holders.size() > 4) {
    holders.pop_back();
  }

  BrokerClient client(endpoint_at(service.address()), HiveMarks(service.marks()));
  const auto references = [&] {
    const auto usage = client.query(name("Mail Gateway"));
    return usage ? static_cast<int>(usage->report.references) : -1;
  };
  CHECK(eventually([&] { return references() == 4; }));
  holders.clear();
  CHECK(eventually([&] { return references() == 0; }));
}

}  // namespace profile_broker::client
