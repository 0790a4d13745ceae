// What a service that lets everybody in answers to an acquire, for the servers that tests write.
#pragma once

#include "proto/jsonrpc.h"
#include "proto/messages.h"

namespace profile_broker::client {

inline result::Acquire granted(const Request& request, bool temporary = false) {
  return {uuid_from_text(request.params.value("reference", "")).value(), 1, temporary, false};
}

}  // namespace profile_broker::client
