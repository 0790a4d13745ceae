// The one BrokerClient of this process, made by the first call that needs it and never before: a
// program that loads the library without calling it gets no handle and no thread.
#pragma once

#include "client-lib/broker_client.h"

namespace profile_broker::client {

BrokerClient& process_client();

}  // namespace profile_broker::client
