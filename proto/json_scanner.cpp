// The grammar behind json_scanner.h.
#include "proto/json_scanner.h"

#include <algorithm>
#include <charconv>

#include "proto/limits.h"
#include "proto/plain_text.h"
#include "proto/text.h"

namespace profile_broker {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <typename Integer>
std::optional<Integer> whole(std::string_view number) {
  Integer value = 0;
  const char* const end = number.data() + number.size();
  const auto [behind, error] = std::from_chars(number.data(), end, value);
  return error == std::errc() && behind == end ? std::optional(value) : std::nullopt;
}

double power_of_ten(int exponent) {
  double power = 1;
  for (; exponent > 0; --exponent) {
    power *= 10;
  }
  return power;
}

}  // namespace

char JsonScanner::next() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
    ++at_;
  }
  return at_ == end_ ? '\0' : *at_;
}

void JsonScanner::open(char bracket) {
  expect(bracket);
  if (++depth_ > kMaxJsonDepth) {
    fail();
  }
}

void JsonScanner::word(std::string_view text) {
  if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(text)) {
    fail();
    return;
  }
  at_ += text.size();
}

void JsonScanner::null() {
  next();
  word("null");
}

bool JsonScanner::boolean() {
  const bool value = next() == 't';
  word(value ? "true" : "false");
  return value;
}

void JsonScanner::string(std::string& out) {
  out.clear();
  scan_string(&out);
}

// A string whose text, if anybody wants it, is appended to out.
void JsonScanner::scan_string(std::string* out) {
  expect('"');
  while (!failed_) {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const auto plain = plain_prefix(rest);
    if (out) {
      out->append(rest.substr(0, plain));
    }
    at_ += plain;
    if (plain == rest.size() || static_cast<unsigned char>(*at_) < 0x20) {
      fail();
    } else if (*at_ == '"') {
      ++at_;
      return;
    } else if (*at_ == '\\') {
      ++at_;
      scan_escape(out);
    } else {
      const auto bytes = character_bytes(rest.substr(plain));
      if (bytes == 0) {
        fail();
      }
      if (out) {
        out->append(at_, bytes);
      }
      at_ += bytes;
    }
  }
}

void JsonScanner::scan_escape(std::string* out) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  const char letter = at_ == end_ ? '\0' : *at_++;
  char32_t character = 0;
  if (letter == 'u') {
    character = scan_code_unit();
    if (character >= 0xD800 && character < 0xDC00) {
      word("\\u");
      const auto low = scan_code_unit();
      if (low < 0xDC00 || low > 0xDFFF) {
        fail();
      }
      character = 0x10000 + ((character - 0xD800) << 10) + (low & 0x3FF);
    } else if (character >= 0xDC00 && character <= 0xDFFF) {
      fail();
    }
  } else if (const auto which = kLetters.find(letter); which != std::string_view::npos) {
    character = static_cast<unsigned char>(kMeant[which]);
  } else {
    fail();
  }
  if (out && !failed_) {
    append_utf8(*out, character);
  }
}

char32_t JsonScanner::scan_code_unit() {
  std::uint32_t unit = 0;
  const char* const behind = end_ - at_ < 4 ? end_ : at_ + 4;
  const auto [last, error] = std::from_chars(at_, behind, unit, 16);
  if (error != std::errc() || last != at_ + 4) {
    fail();
  } else {
    at_ = last;
  }
  return unit;
}

std::string_view JsonScanner::number() {
  next();
  const char* const begin = at_;
  const auto digits = [&] {
    const char* const first = at_;
    at_ = std::find_if_not(at_, end_, is_digit);
    if (at_ == first) {
      fail();
    }
  };
  const auto take_one_of = [&](std::string_view characters) {
    const bool there = at_ != end_ && characters.find(*at_) != std::string_view::npos;
    at_ += there;
    return there;
  };
  take_one_of("-");
  if (!take_one_of("0")) {
    digits();
  }
  if (take_one_of(".")) {
    digits();
  }
  if (take_one_of("eE")) {
    take_one_of("+-");
    digits();
  }
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

std::uint64_t JsonScanner::whole_number(std::uint64_t most) {
  const auto value = whole<std::uint64_t>(number());
  if (!value || *value > most) {
    fail();
  }
  return value.value_or(0);
}

std::int64_t JsonScanner::integer() {
  const auto value = whole<std::int64_t>(number());
  if (!value) {
    fail();
  }
  return value.value_or(0);
}

// Exact where the digits fit into a double and so does the power of ten: both are numbers that it
// has exactly, and one operation rounds once.
double JsonScanner::decimal() {
  constexpr int kLargestExponent = 400;  // beyond everything a double has
  const auto text = number();
  double value = 0;
  int exponent = 0;
  const auto mantissa_end = std::min(text.find_first_of("eE"), text.size());
  bool fraction = false;
  for (const char c : text.substr(0, mantissa_end)) {
    if (is_digit(c)) {
      value = value * 10 + (c - '0');
      exponent -= fraction;
    }
    fraction = fraction || c == '.';
  }
  if (mantissa_end < text.size()) {
    auto written = text.substr(mantissa_end + 1);
    written.remove_prefix(written.starts_with('+'));
    int by = 0;
    if (std::from_chars(written.data(), written.data() + written.size(), by).ec != std::errc()) {
      by = written.starts_with('-') ? -kLargestExponent : kLargestExponent;
    }
    exponent += std::clamp(by, -kLargestExponent, kLargestExponent);
  }
  value = exponent < 0 ? value / power_of_ten(-exponent) : value * power_of_ten(exponent);
  return text.starts_with('-') ? -value : value;
}

std::string_view JsonScanner::skip() {
  const char first = next();
  const char* const begin = at_;
  switch (first) {
    case '{':
      object({});
      break;
    case '[':
      array([&] { skip(); });
      break;
    case '"':
      scan_string(nullptr);
      break;
    case 'n':
      null();
      break;
    case 't':
    case 'f':
      boolean();
      break;
    default:
      number();
  }
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

// A name as it stands there, or decoded.
std::string_view JsonScanner::member_name(std::string& decoded) {
  if (next() == '"') {
    const std::string_view rest(at_ + 1, static_cast<std::size_t>(end_ - at_ - 1));
    const auto plain = plain_prefix(rest);
    if (plain < rest.size() && rest[plain] == '"') {
      at_ += plain + 2;
      return rest.substr(0, plain);
    }
  }
  string(decoded);
  return decoded;
}

void JsonScanner::object(std::initializer_list<Member> members) {
  std::uint32_t seen = 0;
  std::string decoded;
  const auto* expected = members.begin();  // members mostly come in their order
  open('{');
  if (!failed_ && !take('}')) {
    do {
      const auto name = member_name(decoded);
      expect(':');
      if (failed_) {
        return;
      }
      const auto is_it = [&](const Member& member) { return member.name == name; };
      const auto* found = expected != members.end() && is_it(*expected)
                              ? expected
                              : std::find_if(members.begin(), members.end(), is_it);
      if (found == members.end()) {
        skip();
        continue;
      }
      expected = found + 1;
      const auto bit = std::uint32_t{1} << (found - members.begin());
      if ((seen & bit) != 0) {
        fail();
      }
      seen |= bit;
      found->read(*this, found->to);
    } while (!failed_ && take(','));
    expect('}');
  }
  --depth_;
  std::uint32_t bit = 1;
  for (const auto& member : members) {
    if (member.needed && (seen & bit) == 0) {
      fail();
    }
    bit <<= 1;
  }
}

}  // namespace profile_broker
