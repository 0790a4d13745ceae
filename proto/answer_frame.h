// A whole answer, from the header of its frame to the last brace, written in one go to where it is
// sent from (protocol.md: framing, answers). What stands in it is quick_result.h's.
#pragma once

#include <cstddef>
#include <string_view>

#include "proto/messages.h"
#include "proto/text_buffer.h"

namespace profile_broker {

// Appends a frame with the answer to the request of that id, which is JSON text. Returns how many
// bytes its content has; out.truncate() to what it was takes it back.
std::size_t append_answer_frame(TextBuffer& out, std::string_view id, const Result& result);

}  // namespace profile_broker
