#include "service/connection_quota.h"

#include <vector>

#include "tests/support/catch.h"

using namespace profile_broker::service;

namespace {

using Charge = ConnectionQuota::Charge;
using Exceeded = ConnectionQuota::Exceeded;

ServiceLimits small_limits() {
  ServiceLimits limits;
  limits.connections = 6;
  limits.connections_per_user = 4;
  limits.silent_connections_per_user = 2;
  return limits;
}

}  // namespace

TEST_CASE("silent connections are limited until they say something") {
  ConnectionQuota quota;
  std::vector<Charge> charges;
  for (int i = 0; i < 2; ++i) {
    charges.push_back(std::get<Charge>(quota.take("a", small_limits())));
  }
  CHECK(std::holds_alternative<Exceeded>(quota.take("a", small_limits())));
  charges[0].no_longer_silent();
  charges[0].no_longer_silent();  // counts once
  charges.push_back(std::get<Charge>(quota.take("a", small_limits())));
  CHECK(std::holds_alternative<Exceeded>(quota.take("a", small_limits())));
}

TEST_CASE("one account at its limit does not keep another one out") {
  ConnectionQuota quota;
  std::vector<Charge> charges;
  for (int i = 0; i < 4; ++i) {
    charges.push_back(std::get<Charge>(quota.take("a", small_limits())));
    charges.back().no_longer_silent();
  }
  CHECK(std::holds_alternative<Exceeded>(quota.take("a", small_limits())));
  charges.push_back(std::get<Charge>(quota.take("b", small_limits())));
  CHECK(quota.total() == 5);
}

TEST_CASE("the total is limited for all") {
  ConnectionQuota quota;
  std::vector<Charge> charges;
  for (const auto* user : {"a", "b", "c", "d", "e", "f"}) {
    charges.push_back(std::get<Charge>(quota.take(user, small_limits())));
  }
  CHECK(std::holds_alternative<Exceeded>(quota.take("g", small_limits())));
}

TEST_CASE("a refusal names the setting that was reached, and its value") {
  ConnectionQuota quota;
  std::vector<Charge> charges;
  const auto refusal = [&](const std::string& user) {
    return std::get<Exceeded>(quota.take(user, small_limits()));
  };
  const auto fill = [&](const std::string& user, int count) {
    for (int i = 0; i < count; ++i) {
      charges.push_back(std::get<Charge>(quota.take(user, small_limits())));
    }
  };
  fill("a", 2);
  CHECK(refusal("a").setting == "SilentConnectionsPerUser");
  charges[0].no_longer_silent();
  charges[1].no_longer_silent();
  fill("a", 2);
  CHECK(refusal("a").setting == "ConnectionsPerUser");
  CHECK(refusal("a").limit == 4);
  fill("b", 2);
  CHECK(refusal("c").setting == "Connections");
}

TEST_CASE("a charge that moves is given back once") {
  ConnectionQuota quota;
  auto charge = std::get<Charge>(quota.take("a", small_limits()));
  Charge other = std::move(charge);
  charge = {};
  CHECK(quota.total() == 1);
  other = {};
  CHECK(quota.total() == 0);
}
