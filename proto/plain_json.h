// Reads JSON text from left to right, without a DOM and without memory, as long as it is as plain
// as our own programs write it: no escapes, no bytes beyond ASCII. Once something is not as
// expected it has failed for good, and a reader that knows all of JSON has to say what it is.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "proto/limits.h"
#include "proto/plain_text.h"
#include "proto/uuid.h"

namespace profile_broker {

class PlainJson {
 public:
  // text is borrowed, by what is read as well.
  explicit PlainJson(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool failed() const { return failed_; }
  bool at_end() {
    skip_blanks();
    return at_ == end_;
  }
  bool fail() {
    failed_ = true;
    return false;
  }

  // The next character that is no blank, if it is this one.
  bool take(char c) {
    skip_blanks();
    if (at_ == end_ || *at_ != c) {
      return false;
    }
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) {
      fail();
    }
  }

  // Whether the next value is an object.
  bool begins_object() {
    skip_blanks();
    return at_ != end_ && *at_ == '{';
  }

  // A string without escapes, of ASCII alone, without its quotes.
  std::string_view string() {
    expect('"');
    const char* const begin = at_;
    at_ += plain_prefix({at_, static_cast<std::size_t>(end_ - at_)});
    if (failed_ || at_ == end_ || *at_ != '"') {
      fail();
      return {};
    }
    return {begin, static_cast<std::size_t>(at_++ - begin)};
  }

  // Takes this piece of JSON if it is what comes next, to the byte.
  template <std::size_t kSize>
  bool take_piece(const char (&piece)[kSize]) {
    if (static_cast<std::size_t>(end_ - at_) < kSize - 1 || !begins_with(at_, piece)) {
      return false;
    }
    at_ += kSize - 1;
    return true;
  }
  // Takes the string if it is this one, which stands in its quotes.
  template <std::size_t kSize>
  bool take_string(const char (&quoted)[kSize]) {
    skip_blanks();
    return take_piece(quoted);
  }

  // A UUID in its quotes.
  Uuid uuid() {
    constexpr std::size_t kQuoted = kUuidCharacters + 2;
    skip_blanks();
    if (static_cast<std::size_t>(end_ - at_) >= kQuoted && at_[0] == '"' &&
        at_[kQuoted - 1] == '"') {
      Uuid read;
      if (read_uuid(at_ + 1, read)) {
        at_ += kQuoted;
        return read;
      }
    }
    fail();
    return {};
  }

  // What stands up to the next quote: a string if it is plain. For texts that are then read by
  // somebody who refuses what is not plain.
  std::string_view unchecked_string() {
    expect('"');
    const char* const begin = at_;
    at_ += before_quote({at_, static_cast<std::size_t>(end_ - at_)});
    if (failed_ || at_ == end_) {
      fail();
      return {};
    }
    return {begin, static_cast<std::size_t>(at_++ - begin)};
  }

  // A whole number without a sign that fits into 64 bits and has no digit too many.
  std::uint64_t number() {
    skip_blanks();
    std::uint64_t value = 0;
    const auto [behind, error] = std::from_chars(at_, end_, value);
    const bool odd = error != std::errc() || (*at_ == '0' && behind - at_ > 1) ||
                     (behind != end_ && (*behind == '.' || *behind == 'e' || *behind == 'E'));
    if (odd) {
      fail();
      return 0;
    }
    at_ = behind;
    return value;
  }

  // A string with its quotes, or digits: an id that is written back as it came.
  std::string_view id() {
    skip_blanks();
    const char* const begin = at_;
    if (at_ != end_ && *at_ == '"') {
      const auto inside = string();
      if (inside.size() > kMaxStringBytes) {
        fail();
      }
      return {begin, inside.size() + 2};
    }
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
      ++at_;
    }
    const auto digits = static_cast<std::size_t>(at_ - begin);
    if (digits == 0 || digits > kMostDigits || (*begin == '0' && digits > 1)) {
      fail();
    }
    return {begin, digits};
  }

  bool boolean() {
    skip_blanks();
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const bool value = rest.starts_with("true");
    if (!value && !rest.starts_with("false")) {
      return fail();
    }
    at_ += value ? 4 : 5;
    return value;
  }

  // Calls element() for each element of the array that begins here; element reads it.
  template <typename Element>
  void array(Element element) {
    expect('[');
    if (failed_ || take(']')) {
      return;
    }
    do {
      element();
    } while (!failed_ && take(','));
    expect(']');
  }

  // Calls member() for each member of the object that begins here; member reads it, name and value,
  // or fails.
  template <typename Member>
  void object(Member member) {
    expect('{');
    if (failed_ || take('}')) {
      return;
    }
    do {
      member();
    } while (!failed_ && take(','));
    expect('}');
  }

  // A member's name, with its quotes, if it is this one: the value comes next.
  template <std::size_t kSize>
  bool take_name(const char (&quoted)[kSize]) {
    if (!take_string(quoted)) {
      return false;
    }
    if (at_ != end_ && *at_ == ':') {
      ++at_;  // nearly always
    } else {
      expect(':');
    }
    return true;
  }

 private:
  static constexpr std::size_t kMostDigits = 15;

  void skip_blanks() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') {
      return;  // nearly always
    }
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      ++at_;
    }
  }

  const char* at_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace profile_broker
