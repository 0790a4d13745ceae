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
char* JsonWriter::escaped(char* at, std::string_view text, std::size_t room_behind) {
  const auto json = OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  at_ = at;
  at = room_for(json.size() + room_behind);
  return at + json.copy(at, json.size());
}

}  // namespace profile_broker
