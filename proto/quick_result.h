// Writes the results that a busy machine sends, or that are long, straight into the answer, without
// a DOM: the same text as OrderedJson::dump() would give. results.cpp has the others.
#pragma once

#include <string_view>

#include "proto/messages.h"
#include "proto/text_buffer.h"

namespace profile_broker {

// What a service calls itself in its results.
inline constexpr std::string_view kServiceName = "MapiProfileBroker";

void append_quickly(TextBuffer& out, const result::Hello& result);
void append_quickly(TextBuffer& out, const result::Acquire& result);
void append_quickly(TextBuffer& out, const result::Release& result);
void append_quickly(TextBuffer& out, const result::Query& result);
void append_quickly(TextBuffer& out, const result::List& result);
void append_quickly(TextBuffer& out, const result::Sweep& result);

}  // namespace profile_broker
