// Writes JSON text straight into a buffer: for what is said thousands of times a second, where
// building a DOM first costs ten times as much. Puts the commas and escapes what needs it; that
// objects and arrays are closed is the caller's. Writes what nlohmann::ordered_json::dump() writes,
// byte for byte, but for floating point numbers, which it does not know.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "proto/digits.h"
#include "proto/plain_text.h"
#include "proto/text_buffer.h"
#include "proto/timestamp.h"
#include "proto/uuid.h"

namespace profile_broker {

// What is JSON already.
struct JsonText {
  std::string_view text;
};

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

  // Pieces of the text one behind the other, with one look at the room for all of them. A literal
  // is written as it is, with all that belongs to it: commas, brackets, quotes. Everything else is
  // a value:
  //   a text, which is UTF-8; what is not well-formed is replaced by U+FFFD
  //   a UUID; a time, as timestamp.h has it; a number; a truth value
  //   a JsonText
  template <typename... Pieces>
  JsonWriter& write(const Pieces&... pieces) {
    at_ = put_all(room_for((most_bytes(pieces) + ...)), pieces...);
    first_ = false;
    return *this;
  }
  template <typename T>
  JsonWriter& value(const T& what) {
    return write(what);
  }
  JsonWriter& value(const char* text) { return write(std::string_view(text)); }
  JsonWriter& null() { return write("null"); }

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

  // How much room a piece takes at most, a text when it needs no escape.
  template <std::size_t kSize>
  static constexpr std::size_t most_bytes(const char (&)[kSize]) {
    return kSize - 1;
  }
  static std::size_t most_bytes(std::string_view text) { return text.size() + 2; }
  static std::size_t most_bytes(const JsonText& json) { return json.text.size(); }
  static constexpr std::size_t most_bytes(const Uuid&) { return kUuidCharacters + 2; }
  static constexpr std::size_t most_bytes(WallTime) { return kTimestampBytes + 2; }
  static constexpr std::size_t most_bytes(std::integral auto) { return kMostNumberDigits + 1; }

  // Each returns what is behind it.
  template <std::size_t kSize>
  static char* put(char* at, const char (&literal)[kSize]) {
    std::memcpy(at, literal, kSize - 1);
    return at + kSize - 1;
  }
  static char* put(char* at, const JsonText& json) {
    return at + json.text.copy(at, json.text.size());
  }
  static char* put(char* at, const Uuid& uuid) {
    *at++ = '"';
    put_text_of(at, uuid);
    at += kUuidCharacters;
    *at++ = '"';
    return at;
  }
  static char* put(char* at, WallTime time) {
    *at++ = '"';
    at = put_timestamp(at, time);
    *at++ = '"';
    return at;
  }
  static char* put(char* at, std::same_as<bool> auto flag) {
    std::memcpy(at, flag ? "true" : "false", 5);  // the zero behind "true" is overwritten
    return at + (flag ? 4 : 5);
  }
  static char* put(char* at, std::unsigned_integral auto number) requires(
      !std::same_as<decltype(number), bool>) {
    return put_number(at, number);
  }
  static char* put(char* at, std::signed_integral auto number) {
    auto size = static_cast<std::uint64_t>(number);
    if (number < 0) {
      *at++ = '-';
      size = 0 - size;
    }
    return put_number(at, size);
  }
  // Of a text whose quotes there is room for; null when it needs an escape.
  static char* put_plain(char* at, std::string_view text) {
    *at++ = '"';
    if (!copy_plain(at, text)) {
      return nullptr;
    }
    at += text.size();
    *at++ = '"';
    return at;
  }

  template <typename First, typename... Rest>
  char* put_all(char* at, const First& first, const Rest&... rest) {
    if constexpr (std::convertible_to<First, std::string_view> && !std::is_array_v<First>) {
      char* const behind = put_plain(at, first);
      at = behind ? behind : escaped(at, first, (most_bytes(rest) + ... + 0));
    } else {
      at = put(at, first);
    }
    if constexpr (sizeof...(rest) > 0) {
      return put_all(at, rest...);
    } else {
      return at;
    }
  }
  // Writes the text to at and makes so much room behind it.
  char* escaped(char* at, std::string_view text, std::size_t room_behind);

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
