// JSON-RPC 2.0 as the client speaks it: its requests as text, and what the service says taken
// apart. The service's side is jsonrpc.h. Without a DOM (json_scanner.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "proto/messages.h"

namespace profile_broker {

void append_request(std::string& out, std::uint64_t id, const Call& call);

// The service's "no". Unknown codes and words are kept: a newer service may have more.
struct ServiceError {
  int code = 0;
  std::string text;
  std::string reason;
  // From data.hresult, else from the reason, else MAPI_E_CALL_FAILED; always a failure.
  std::uint32_t hresult = 0;
};

// Views of JSON, valid as long as the content that they were read from.
struct ServiceAnswer {
  std::optional<std::uint64_t> id;  // nothing: the service could not read the request's id
  std::variant<std::string_view, ServiceError> outcome;  // the result's text, which is JSON
};
struct ServiceNotification {
  std::string method;
  std::string_view params = "{}";
};

// What came from the service. Nothing when it is no JSON-RPC at all: end the connection then.
std::optional<std::variant<ServiceAnswer, ServiceNotification>> read_service_message(
    std::string_view content);

}  // namespace profile_broker
