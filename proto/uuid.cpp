// The text form behind uuid.h.
#include "proto/uuid.h"

#include <string>

namespace profile_broker {
namespace {

constexpr std::size_t kCharacters = 36;
constexpr std::array<std::size_t, 4> kHyphens = {8, 13, 18, 23};
// Where the two digits of each byte begin.
constexpr std::array<std::size_t, 16> kDigits = {0,  2,  4,  6,  9,  11, 14, 16,
                                                 19, 21, 24, 26, 28, 30, 32, 34};

// The value of each hexadecimal digit in either case; kNoDigit for every other byte.
constexpr unsigned kNoDigit = 0x80;
constexpr auto kDigitValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (unsigned i = 0; i < 10; ++i) {
    values['0' + i] = static_cast<std::uint8_t>(i);
  }
  for (unsigned i = 0; i < 6; ++i) {
    values['a' + i] = values['A' + i] = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}();

}  // namespace

std::optional<Uuid> uuid_from_text(std::string_view text) {
  if (text.size() != kCharacters) {
    return std::nullopt;
  }
  Uuid uuid;
  unsigned wrong = 0;
  for (const std::size_t hyphen : kHyphens) {
    wrong |= text[hyphen] == '-' ? 0U : kNoDigit;
  }
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    const unsigned high = kDigitValues[static_cast<std::uint8_t>(text[kDigits[i]])];
    const unsigned low = kDigitValues[static_cast<std::uint8_t>(text[kDigits[i] + 1])];
    wrong |= high | low;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return (wrong & kNoDigit) == 0 ? std::optional(uuid) : std::nullopt;
}

std::string text_of(const Uuid& uuid) {
  constexpr char kHexadecimal[] = "0123456789abcdef";
  std::string text(kCharacters, '-');
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    text[kDigits[i]] = kHexadecimal[uuid.bytes[i] >> 4];
    text[kDigits[i] + 1] = kHexadecimal[uuid.bytes[i] & 0x0F];
  }
  return text;
}

std::optional<std::string> canonical_uuid(std::string_view text) {
  if (!uuid_from_text(text)) {
    return std::nullopt;
  }
  std::string canonical(text);
  for (char& c : canonical) {
    c = static_cast<char>(c | (c >= 'A' && c <= 'F' ? 0x20 : 0));
  }
  return canonical;
}

std::string uuid_from_random(std::array<std::uint8_t, 16> bytes) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return text_of(Uuid{bytes});
}

}  // namespace profile_broker
