// The growth and the escapes behind json_writer.h.
#include "proto/json_writer.h"

#include "proto/json_reader.h"

namespace profile_broker {

void JsonWriter::grow(std::size_t bytes) {
  out_.ends_at(at_);
  at_ = out_.room_for(bytes);
  end_ = out_.end_of_room();
}

// Rare enough to be left to the library.
JsonWriter& JsonWriter::escaped(std::string_view text) {
  const auto json = OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return literal(json);
}

}  // namespace profile_broker
