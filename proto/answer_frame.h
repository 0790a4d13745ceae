// A whole answer, from the header of its frame to the last brace, written in one go to where it is
// sent from (protocol.md: framing, answers). What stands in it is whoever's who writes the result
// between the two calls.
#pragma once

#include <cstddef>
#include <string_view>

#include "proto/text_buffer.h"

namespace profile_broker {

// id: of the request, JSON text. Returns what end_answer_frame() wants.
std::size_t begin_answer_frame(TextBuffer& out, std::string_view id);
// What was appended in between is the result. Returns how many bytes the frame's content has;
// out.truncate() to what it was takes it back.
std::size_t end_answer_frame(TextBuffer& out, std::size_t begun);

}  // namespace profile_broker
