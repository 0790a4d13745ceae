// Without MAPI there is nothing to route (routing.h).
#include "client-lib/mapi/routing.h"

namespace profile_broker::client::mapi {
namespace {

RoutingChange impossible() {
  return {"there is no MAPI on this system", {}};
}

}  // namespace

RoutingReport routing_report() {
  return {};
}

RoutingChange route_program(const std::string&, const std::string&) {
  return impossible();
}

RoutingChange route_default(const std::string&) {
  return impossible();
}

RoutingChange unroute_program(const std::string&) {
  return impossible();
}

RoutingChange unroute_default() {
  return impossible();
}

RoutingChange unroute_all() {
  return impossible();
}

}  // namespace profile_broker::client::mapi
