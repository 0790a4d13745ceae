// Writes the results that a busy machine sends, or that are long, straight into the answer, without
// a DOM: the same text as OrderedJson::dump() would give. results.cpp has the others.
#pragma once

#include <string_view>

#include "proto/json_writer.h"
#include "proto/messages.h"

namespace profile_broker {

// What a service calls itself in its results.
inline constexpr std::string_view kServiceName = "MapiProfileBroker";

void write_quickly(JsonWriter& json, const result::Hello& result);
void write_quickly(JsonWriter& json, const result::Acquire& result);
void write_quickly(JsonWriter& json, const result::Release& result);
void write_quickly(JsonWriter& json, const result::Query& result);
void write_quickly(JsonWriter& json, const result::List& result);
void write_quickly(JsonWriter& json, const result::Sweep& result);

}  // namespace profile_broker
