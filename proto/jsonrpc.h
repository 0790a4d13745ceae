// JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one object a frame, as the service speaks
// it; the client's side is service_message.h. Knows the envelope, not the methods. Decided here:
// params are an object or absent; a batch is an invalid request; an id is a string, a number or
// null and is echoed as it was written; a message without an id is a notification.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "proto/error_codes.h"
#include "proto/json_reader.h"

namespace profile_broker {

// The id as JSON text, ready to be written back.
struct RequestId {
  std::string json = "null";
};

struct Request {
  std::optional<RequestId> id;  // nothing: a notification, never answered
  std::string method;
  Json params;  // always an object
};

// What cannot be a request; id is the peer's where it could be read.
struct BadRequest {
  RequestId id;
  Refusal refusal;
};

std::variant<Request, BadRequest> read_request(std::string_view content);

// An answer. result is JSON text.
std::string answer_text(const RequestId& id, std::string_view result);
std::string refusal_text(const RequestId& id, const Refusal& refusal);
std::string notification_text(std::string_view method, const OrderedJson& params);

}  // namespace profile_broker
