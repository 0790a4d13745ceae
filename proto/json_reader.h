// Reads one JSON text from a peer into a DOM, strictly: well-formed UTF-8, at most kMaxJsonDepth
// levels, no member twice in one object (two readers of one message must not see two messages).
// Depth and duplicates are refused while reading, before anything is built from them.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>

#include "proto/error_codes.h"

namespace profile_broker {

using Json = nlohmann::json;                 // what a peer said
using OrderedJson = nlohmann::ordered_json;  // what we say, in the order in which people read it

// The DOM, or parse_error / invalid_request with a text that says what and where.
std::variant<Json, Refusal> read_json(std::string_view text);

}  // namespace profile_broker
