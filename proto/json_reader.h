// Reads one JSON text from a peer into a DOM, strictly: well-formed UTF-8, at most kMaxJsonDepth
// levels, no member twice in one object (two readers of one message must not see two messages).
// Depth and duplicates are refused while reading, before anything is built from them.
#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>

#include "proto/error_codes.h"

namespace profile_broker {

using Json = nlohmann::json;                 // what a peer said
using OrderedJson = nlohmann::ordered_json;  // what we say, in the order in which people read it

// A whole number that is written as one and fits: 1.0 is none, and 4,294,967,296 is none of 32 bits
// (it must not be read as 0). Throws std::out_of_range for everything else.
template <std::integral Integer>
Integer whole_number(const Json& json) {
  if (json.is_number_unsigned()) {
    if (const auto number = json.get<std::uint64_t>(); std::in_range<Integer>(number)) {
      return static_cast<Integer>(number);
    }
  } else if (json.is_number_integer()) {
    if (const auto number = json.get<std::int64_t>(); std::in_range<Integer>(number)) {
      return static_cast<Integer>(number);
    }
  }
  throw std::out_of_range("a number has another type, or does not fit");
}

// The DOM, or parse_error / invalid_request with a text that says what and where.
std::variant<Json, Refusal> read_json(std::string_view text);

}  // namespace profile_broker
