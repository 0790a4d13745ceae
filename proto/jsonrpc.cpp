// The envelope behind jsonrpc.h.
#include "proto/jsonrpc.h"

#include <utility>

#include "proto/limits.h"

namespace profile_broker {
namespace {

// dump() must not throw on what a peer sent; invalid UTF-8 cannot come from read_json, but texts
// are also made elsewhere.
template <typename AnyJson>
std::string text_of_json(const AnyJson& json) {
  return json.dump(-1, ' ', false, AnyJson::error_handler_t::replace);
}

// The id of a message, as far as it has one.
struct IdFound {
  std::optional<RequestId> id;
  bool valid = true;
};

IdFound find_id(const Json& message) {
  const auto id = message.find("id");
  if (id == message.end()) {
    return {};
  }
  const bool allowed =
      id->is_null() || id->is_number() ||
      (id->is_string() && id->get_ref<const std::string&>().size() <= kMaxStringBytes);
  return allowed ? IdFound{RequestId{text_of_json(*id)}, true} : IdFound{std::nullopt, false};
}

BadRequest invalid(const IdFound& found, std::string text) {
  return BadRequest{found.id.value_or(RequestId{}),
                    Refusal{Reason::invalid_request, std::move(text)}};
}

bool says_version_2(const Json& message) {
  const auto version = message.find("jsonrpc");
  // Comparing with a literal would make a JSON value of it, and allocate where nothing may throw.
  return version != message.end() && version->is_string() &&
         version->get_ref<const std::string&>() == "2.0";
}

}  // namespace

std::variant<Request, BadRequest> read_request(std::string_view content) {
  auto read = read_json(content);
  if (auto* refusal = std::get_if<Refusal>(&read)) {
    return BadRequest{{}, std::move(*refusal)};
  }
  auto& message = std::get<Json>(read);
  if (message.is_array()) {
    return invalid({}, "batches are not supported: send one object a frame");
  }
  if (!message.is_object()) {
    return invalid({}, "a request is a JSON object");
  }
  const auto id = find_id(message);
  if (!id.valid) {
    return invalid(id, "an id is a string of at most 1,024 bytes, a number or null");
  }
  if (!says_version_2(message)) {
    return invalid(id, "the member jsonrpc must be \"2.0\"");
  }
  const auto method = message.find("method");
  if (method == message.end() || !method->is_string()) {
    return invalid(id, "the member method must be a string");
  }
  Request request{id.id, std::move(method->get_ref<std::string&>()), Json::object()};
  if (const auto params = message.find("params"); params != message.end()) {
    if (!params->is_object()) {
      return BadRequest{id.id.value_or(RequestId{}),
                        Refusal{Reason::bad_params, "params must be an object"}};
    }
    request.params = std::move(*params);
  }
  return request;
}

std::string answer_text(const RequestId& id, std::string_view result) {
  std::string text = R"({"jsonrpc":"2.0","id":)";
  text.append(id.json).append(R"(,"result":)").append(result).push_back('}');
  return text;
}

std::string refusal_text(const RequestId& id, const Refusal& refusal) {
  const auto& facts = facts_of(refusal.reason);
  const OrderedJson error = {
      {"code", facts.code},
      {"message", refusal.text},
      {"data", {{"reason", facts.word}, {"hresult", hresult_text(facts.hresult)}}},
  };
  std::string text = R"({"jsonrpc":"2.0","id":)";
  text.append(id.json).append(R"(,"error":)").append(text_of_json(error)).push_back('}');
  return text;
}

std::string notification_text(std::string_view method, const OrderedJson& params) {
  return text_of_json(OrderedJson{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

}  // namespace profile_broker
