// Writes JSON text straight into a string: for what is said thousands of times a second, where
// building a DOM first costs ten times as much. Puts the commas and escapes what needs it; that
// objects and arrays are closed is the caller's. Writes what nlohmann::ordered_json::dump() writes,
// byte for byte, but for floating point numbers, which it does not know.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/timestamp.h"

namespace profile_broker {

class JsonWriter {
 public:
  // out is borrowed and appended to.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  // Before each value of an object; needs no escaping.
  JsonWriter& key(std::string_view literal) {
    const std::size_t comma = first_ ? 0 : 1;
    char* at = room_for(comma + literal.size() + 3);
    at[0] = ',';  // or not: then the next one takes its place
    at += comma;
    *at++ = '"';
    at = std::copy(literal.begin(), literal.end(), at);
    *at++ = '"';
    *at = ':';
    return *this;
  }
  // Before each value of an array.
  JsonWriter& element() {
    if (!first_) {
      out_.push_back(',');
    }
    return *this;
  }

  // UTF-8; what is not well-formed is replaced by U+FFFD.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(std::same_as<bool> auto flag) { return literal(flag ? "true" : "false"); }
  JsonWriter& value(std::integral auto number) requires(!std::same_as<decltype(number), bool>) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return literal({digits, static_cast<std::size_t>(end - digits)});
  }
  // As timestamp.h has it.
  JsonWriter& value(WallTime time) {
    out_.push_back('"');
    append_timestamp(out_, time);
    return literal("\"");
  }
  JsonWriter& null() { return literal("null"); }
  // What is JSON already.
  JsonWriter& literal(std::string_view json) {
    out_.append(json);
    first_ = false;
    return *this;
  }

  template <typename T>
  JsonWriter& member(std::string_view name, const T& what) {
    return key(name).value(what);
  }

 private:
  // One growth for all that is written next.
  char* room_for(std::size_t bytes) {
    const std::size_t end = out_.size();
    out_.resize(end + bytes);
    return out_.data() + end;
  }
  JsonWriter& open(char bracket) {
    out_.push_back(bracket);
    first_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_.push_back(bracket);
    first_ = false;
    return *this;
  }

  std::string& out_;
  bool first_ = true;  // nothing has been written yet in the innermost object or array
};

}  // namespace profile_broker
