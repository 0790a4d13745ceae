// Reads JSON text from left to right into variables, without a DOM: all of JSON, strictly (RFC
// 8259, well-formed UTF-8, at most kMaxJsonDepth levels). For the client's side, which goes into
// other people's processes and is to stay small; the service, which has to answer for every oddity
// of every peer, reads with json_reader.h. Once something is not as expected it has failed for
// good, and what was read until then means nothing.
//
// Of an object's members those that are asked for may come in any order and once each; all others
// are skipped, and only have to be JSON.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace profile_broker {

class JsonScanner {
 public:
  // text is borrowed.
  explicit JsonScanner(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool failed() const { return failed_; }
  void fail() {
    failed_ = true;
    at_ = end_;  // nothing comes any more, whoever goes on reading
  }
  // Whether all has been read, without a failure.
  bool succeeded() { return !failed_ && next() == '\0' && at_ == end_; }

  // The first character of what comes, behind blanks; '\0' at the end.
  char next();

  void null();
  bool boolean();
  void string(std::string& out);
  // Digits alone, and at most this.
  std::uint64_t whole_number(std::uint64_t most);
  std::int64_t integer();
  // As near as makes no difference: the last digit of a number with more than fifteen may be wrong.
  double decimal();
  // A value of any kind, and its text.
  std::string_view skip();

  template <typename Element>
  void array(Element element) {
    open('[');
    if (!take(']')) {
      do {
        element();
      } while (!failed_ && take(','));
      expect(']');
    }
    --depth_;
  }

  struct Member {
    std::string_view name;
    bool needed;
    void* to;
    void (*read)(JsonScanner&, void* to);
  };
  // At most 32.
  void object(std::initializer_list<Member> members);

 private:
  bool take(char c) {
    const bool there = next() == c && at_ != end_;
    at_ += there;
    return there;
  }
  void expect(char c) {
    if (!take(c)) {
      fail();
    }
  }
  void open(char bracket);
  void word(std::string_view text);  // just there
  std::string_view number();
  std::string_view member_name(std::string& decoded);
  void scan_string(std::string* out);
  void scan_escape(std::string* out);
  char32_t scan_code_unit();

  const char* at_;
  const char* end_;
  int depth_ = 0;
  bool failed_ = false;
};

// What a value is read into decides how. Types of the protocol have readers of their own.
inline void read(JsonScanner& json, std::string& value) {
  json.string(value);
}
inline void read(JsonScanner& json, bool& value) {
  value = json.boolean();
}
inline void read(JsonScanner& json, std::uint64_t& value) {
  value = json.whole_number(UINT64_MAX);
}
inline void read(JsonScanner& json, std::uint32_t& value) {
  value = static_cast<std::uint32_t>(json.whole_number(UINT32_MAX));
}
inline void read(JsonScanner& json, double& value) {
  value = json.decimal();
}
template <typename T>
void read(JsonScanner& json, std::optional<T>& value);
template <typename T>
void read(JsonScanner& json, std::vector<T>& values);

// The members of an object: a needed one has to be there. With a reader of its own, or by its type.
template <auto reader, typename T>
JsonScanner::Member member(std::string_view name, bool needed, T& value) {
  return {name, needed, &value,
          [](JsonScanner& json, void* to) { reader(json, *static_cast<T*>(to)); }};
}
template <typename T>
JsonScanner::Member member(std::string_view name, bool needed, T& value) {
  return {name, needed, &value,
          [](JsonScanner& json, void* to) { read(json, *static_cast<T*>(to)); }};
}
template <auto... reader, typename T>
JsonScanner::Member needed(std::string_view name, T& value) {
  return member<reader...>(name, true, value);
}
template <auto... reader, typename T>
JsonScanner::Member possible(std::string_view name, T& value) {
  return member<reader...>(name, false, value);
}

// null is nothing.
template <typename T>
void read(JsonScanner& json, std::optional<T>& value) {
  if (json.next() == 'n') {
    json.null();
    value.reset();
  } else {
    read(json, value.emplace());
  }
}

template <typename T>
void read(JsonScanner& json, std::vector<T>& values) {
  json.array([&] { read(json, values.emplace_back()); });
}

}  // namespace profile_broker
