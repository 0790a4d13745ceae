// The text form behind uuid.h.
#include "proto/uuid.h"

namespace profile_broker {
namespace {

constexpr bool is_hyphen_position(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

constexpr std::size_t kCharacters = 36;

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
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i, at += 2) {
    if (is_hyphen_position(at)) {
      wrong |= text[at] == '-' ? 0U : kNoDigit;
      ++at;
    }
    const unsigned high = kDigitValues[static_cast<std::uint8_t>(text[at])];
    const unsigned low = kDigitValues[static_cast<std::uint8_t>(text[at + 1])];
    wrong |= (high | low) & kNoDigit;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return wrong == 0 ? std::optional(uuid) : std::nullopt;
}

std::string text_of(const Uuid& uuid) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(kCharacters, '-');
  std::size_t at = 0;
  for (const auto byte : uuid.bytes) {
    at += is_hyphen_position(at) ? 1 : 0;
    text[at++] = kDigits[byte >> 4];
    text[at++] = kDigits[byte & 0x0F];
  }
  return text;
}

std::optional<std::string> canonical_uuid(std::string_view text) {
  const auto uuid = uuid_from_text(text);
  return uuid ? std::optional(text_of(*uuid)) : std::nullopt;
}

std::string uuid_from_random(std::array<std::uint8_t, 16> bytes) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return text_of(Uuid{bytes});
}

}  // namespace profile_broker
