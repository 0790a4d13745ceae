// The escapes behind json_writer.h.
#include "proto/json_writer.h"

#include "proto/json_reader.h"
#include "proto/plain_text.h"

namespace profile_broker {
JsonWriter& JsonWriter::value(std::string_view text) {
  first_ = false;
  if (plain_prefix(text) == text.size()) {
    char* at = room_for(text.size() + 2);
    *at++ = '"';
    at = std::copy(text.begin(), text.end(), at);
    *at = '"';
  } else {  // rare enough to be left to the library
    out_.append(OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  }
  return *this;
}

}  // namespace profile_broker
