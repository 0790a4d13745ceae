// Writes JSON text straight into a buffer: for what is said thousands of times a second, where
// building a DOM first costs ten times as much. Puts the commas and escapes what needs it; that
// objects and arrays are closed is the caller's. Writes what nlohmann::ordered_json::dump() writes,
// byte for byte, but for floating point numbers, which it does not know.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "proto/plain_text.h"
#include "proto/text_buffer.h"
#include "proto/timestamp.h"
#include "proto/uuid.h"

namespace profile_broker {

class JsonWriter {
 public:
  // out is borrowed and appended to; it has what was written once the writer has gone, and is
  // nobody else's until then.
  explicit JsonWriter(TextBuffer& out) : out_(out), at_(out.room_for(0)), end_(out.end_of_room()) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  ~JsonWriter() { out_.ends_at(at_); }

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  // Before each value of an object; needs no escaping.
  template <std::size_t kSize>
  JsonWriter& key(const char (&literal)[kSize]) {
    char* at = room_for(kSize + 3);
    *at = ',';  // or not: then the next one takes its place
    at += first_ ? 0 : 1;
    *at++ = '"';
    std::memcpy(at, literal, kSize - 1);
    at += kSize - 1;
    *at++ = '"';
    *at++ = ':';
    at_ = at;
    return *this;
  }
  // Before each value of an array.
  JsonWriter& element() { return first_ ? *this : put(','); }

  // UTF-8; what is not well-formed is replaced by U+FFFD.
  JsonWriter& value(std::string_view text) {
    char* at = room_for(text.size() + 2 + sizeof(std::uint64_t));
    *at++ = '"';
    if (!copy_plain(at, text)) {
      return escaped(text);
    }
    at += text.size();
    *at++ = '"';
    return wrote_to(at);
  }
  JsonWriter& value(const Uuid& uuid) {
    char* at = room_for(kUuidCharacters + 2);
    *at++ = '"';
    put_text_of(at, uuid);
    at += kUuidCharacters;
    *at++ = '"';
    return wrote_to(at);
  }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(std::same_as<bool> auto flag) { return flag ? piece("true") : piece("false"); }
  JsonWriter& value(std::integral auto number) requires(!std::same_as<decltype(number), bool>) {
    constexpr std::size_t kMostDigits = 24;
    char* const at = room_for(kMostDigits);
    return wrote_to(std::to_chars(at, at + kMostDigits, number).ptr);
  }
  // As timestamp.h has it.
  JsonWriter& value(WallTime time) {
    char* at = room_for(kTimestampBytes + 2);
    *at++ = '"';
    at = put_timestamp(at, time);
    *at++ = '"';
    return wrote_to(at);
  }
  JsonWriter& null() { return piece("null"); }
  // A piece of the text with all that belongs to it: commas, brackets, quotes.
  template <std::size_t kSize>
  JsonWriter& piece(const char (&literal)[kSize]) {
    char* const at = room_for(kSize - 1);
    std::memcpy(at, literal, kSize - 1);
    return wrote_to(at + kSize - 1);
  }
  // What is JSON already.
  JsonWriter& literal(std::string_view json) {
    char* const at = room_for(json.size());
    json.copy(at, json.size());
    return wrote_to(at + json.size());
  }

  template <std::size_t kSize, typename T>
  JsonWriter& member(const char (&name)[kSize], const T& what) {
    return key(name).value(what);
  }

 private:
  char* room_for(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) {
      grow(bytes);
    }
    return at_;
  }
  void grow(std::size_t bytes);
  JsonWriter& escaped(std::string_view text);

  JsonWriter& wrote_to(char* at) {
    at_ = at;
    first_ = false;
    return *this;
  }
  JsonWriter& put(char c) {
    *room_for(1) = c;
    ++at_;
    return *this;
  }
  JsonWriter& open(char bracket) {
    put(bracket);
    first_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    put(bracket);
    first_ = false;
    return *this;
  }

  TextBuffer& out_;
  char* at_;           // where the text ends
  char* end_;          // of the room for it
  bool first_ = true;  // nothing has been written yet in the innermost object or array
};

}  // namespace profile_broker
