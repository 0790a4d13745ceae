// Reads the requests that a busy machine sends (hello, acquire, release, query, sweep) as their
// senders write them, in one pass and without a DOM. It knows less than JSON: an escape, a byte
// beyond ASCII, a member it does not expect, anything wrong, and it steps back without a word: then
// read_request() and read_call() read the same bytes again and say what there is to say. What it
// does read it reads as they do; a fuzzer compares the two.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "proto/jsonrpc.h"
#include "proto/messages.h"

namespace profile_broker {

struct QuickRequest {
  template <typename C>
  QuickRequest(std::string_view of_id, C&& one) : id(of_id), call(std::forward<C>(one)) {}

  std::string_view id;  // as JSON text, a part of the content; never null
  Call call;
};

// content is borrowed by the result.
std::optional<QuickRequest> read_quickly(std::string_view content);

}  // namespace profile_broker
