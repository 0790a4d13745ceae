// The growth and the escapes behind json_writer.h.
#include "proto/json_writer.h"

#include "proto/json_reader.h"

namespace profile_broker {

void JsonWriter::grow(std::size_t bytes) {
  constexpr std::size_t kAtOnce = 512;
  const auto written = static_cast<std::size_t>(at_ - out_.data());
  const std::size_t all = written + (bytes > kAtOnce ? bytes : kAtOnce);
  if (all > out_.capacity()) {
    out_.reserve(2 * all);
  }
  out_.resize(all);
  at_ = out_.data() + written;
  end_ = out_.data() + all;
}

// Rare enough to be left to the library.
JsonWriter& JsonWriter::escaped(std::string_view text) {
  finish();
  out_.append(OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  at_ = end_ = end_of_text();
  first_ = false;
  return *this;
}

}  // namespace profile_broker
