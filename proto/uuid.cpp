// The text form behind uuid.h.
#include "proto/uuid.h"

#include <cstring>

#include "proto/plain_text.h"

namespace profile_broker {
namespace {

constexpr std::size_t kDigits = 32;
constexpr std::uint64_t kOnes = 0x0101010101010101;

// Eight digits at a time, the first one in the lowest byte.
constexpr std::size_t kDigitsOfWord = sizeof(std::uint64_t);

// The four bytes that eight digits in either case spell, the first in the lowest byte. odd gets a
// bit when one is no digit: one branch for all of them is enough.
std::uint32_t bytes_of_digits(std::uint64_t word, std::uint64_t& odd) {
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  // In the high bit of each byte, from first to last; true of bytes below 0x80.
  const auto within = [](std::uint64_t bytes, std::uint64_t first, std::uint64_t last) {
    return (bytes + (0x80 - first) * kOnes) & ~(bytes + (0x7F - last) * kOnes);
  };
  const std::uint64_t letters = within(word | 0x20 * kOnes, 'a', 'f') & kHigh;
  odd |= word | ~(within(word, '0', '9') | letters);
  const std::uint64_t values = (word & 0x0F * kOnes) + 9 * (letters >> 7);
  std::uint64_t bytes = (values << 4 | values >> 8) & 0x00FF00FF00FF00FF;
  bytes = (bytes | bytes >> 8) & 0x0000FFFF0000FFFF;
  return static_cast<std::uint32_t>(bytes | bytes >> 16);
}

// The other way round, in lower case.
std::uint64_t digits_of_bytes(std::uint32_t four) {
  std::uint64_t spread = four;
  spread = (spread | spread << 16) & 0x0000FFFF0000FFFF;
  spread = (spread | spread << 8) & 0x00FF00FF00FF00FF;
  const std::uint64_t values = (spread >> 4 & 0x000F000F000F000F) | (spread & 0x000F000F000F000F)
                                                                        << 8;
  const std::uint64_t letters = (values + 6 * kOnes) >> 4 & kOnes;
  return values + '0' * kOnes + letters * ('a' - '9' - 1);
}

}  // namespace

std::optional<Uuid> uuid_from_text(std::string_view text) {
  if (text.size() != kUuidCharacters || text[8] != '-' || text[13] != '-' || text[18] != '-' ||
      text[23] != '-') {
    return std::nullopt;
  }
  char digits[kDigits];
  std::memcpy(digits, text.data(), 8);
  std::memcpy(digits + 8, text.data() + 9, 4);
  std::memcpy(digits + 12, text.data() + 14, 4);
  std::memcpy(digits + 16, text.data() + 19, 4);
  std::memcpy(digits + 20, text.data() + 24, 12);
  Uuid uuid;
  std::uint64_t odd = 0;
  for (std::size_t at = 0; at < kDigits; at += kDigitsOfWord) {
    std::uint64_t word = 0;
    std::memcpy(&word, digits + at, sizeof word);
    const std::uint32_t bytes = in_memory_order(bytes_of_digits(in_memory_order(word), odd));
    std::memcpy(uuid.bytes.data() + at / 2, &bytes, sizeof bytes);
  }
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  return (odd & kHigh) == 0 ? std::optional(uuid) : std::nullopt;
}

void put_text_of(char* at, const Uuid& uuid) {
  char digits[kDigits];
  for (std::size_t digit = 0; digit < kDigits; digit += kDigitsOfWord) {
    std::uint32_t four = 0;
    std::memcpy(&four, uuid.bytes.data() + digit / 2, sizeof four);
    const std::uint64_t word = in_memory_order(digits_of_bytes(in_memory_order(four)));
    std::memcpy(digits + digit, &word, sizeof word);
  }
  std::memcpy(at, digits, 8);
  std::memcpy(at + 9, digits + 8, 4);
  std::memcpy(at + 14, digits + 12, 4);
  std::memcpy(at + 19, digits + 16, 4);
  std::memcpy(at + 24, digits + 20, 12);
  at[8] = at[13] = at[18] = at[23] = '-';
}

std::string text_of(const Uuid& uuid) {
  std::string text(kUuidCharacters, '-');
  put_text_of(text.data(), uuid);
  return text;
}

std::optional<std::string> canonical_uuid(std::string_view text) {
  const auto uuid = uuid_from_text(text);
  return uuid ? std::optional(text_of(*uuid)) : std::nullopt;
}

Uuid uuid_from_random(Uuid::Bytes bytes) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return Uuid(bytes);
}

}  // namespace profile_broker
