// Never destroyed (process_client.h): other threads may be in a call while the process ends, and
// the library is linked so that dlclose does not unload it.
#include "client-lib/process_client.h"

namespace profile_broker::client {

BrokerClient& process_client() {
  static auto* const client =
      new BrokerClient(default_endpoint(), HiveMarks(HiveMarks::default_location()));
  return *client;
}

}  // namespace profile_broker::client
