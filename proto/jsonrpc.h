// JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one object a frame. Knows the envelope, not
// the methods. Decided here: params are an object or absent; a batch is an invalid request; an id
// is a string, a number or null and is echoed as it was written; a message without an id is a
// notification.
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

// The service's side of an answer. result is JSON text.
std::string answer_text(const RequestId& id, std::string_view result);
// The same, written straight to its place: what is appended to out between the two is the result.
// id is JSON text.
void begin_answer(std::string& out, std::string_view id);
void end_answer(std::string& out);
std::string refusal_text(const RequestId& id, const Refusal& refusal);
std::string notification_text(std::string_view method, const OrderedJson& params);

// The client's side.
std::string request_text(std::uint64_t id, std::string_view method, const OrderedJson& params);

// The service's "no", as the client reads it. Unknown codes and words are kept: a newer service may
// have more.
struct ServiceError {
  int code = 0;
  std::string text;
  std::string reason;
  std::uint32_t hresult =
      0;  // from data.hresult, else from the reason, else MAPI_E_CALL_FAILED; always a failure
};

struct Answer {
  std::optional<std::uint64_t> id;  // nothing: the service could not read the request's id
  std::variant<Json, ServiceError> outcome;
};

struct Notification {
  std::string method;
  Json params;
};

// What came from the service; a Refusal when it is no JSON-RPC at all: end the connection then.
std::variant<Answer, Notification, Refusal> read_from_service(std::string_view content);

}  // namespace profile_broker
