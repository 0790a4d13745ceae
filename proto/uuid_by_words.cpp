// The words behind uuid_by_words.h.
#include "proto/uuid_by_words.h"

#include <cstring>

#include "proto/plain_text.h"

namespace profile_broker {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;

// Eight digits are a word, the first one in the lowest byte. They stand together, or four on each
// side of a hyphen.
std::uint64_t digits_at(const char* text) {
  std::uint64_t digits = 0;
  std::memcpy(&digits, text, sizeof digits);
  return in_memory_order(digits);
}
std::uint64_t digits_at(const char* first_four, const char* last_four) {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::memcpy(&first, first_four, sizeof first);
  std::memcpy(&last, last_four, sizeof last);
  return in_memory_order(first) | std::uint64_t{in_memory_order(last)} << 32;
}

void put_digits(char* text, std::uint64_t digits) {
  digits = in_memory_order(digits);
  std::memcpy(text, &digits, sizeof digits);
}
void put_digits(char* first_four, char* last_four, std::uint64_t digits) {
  const auto first = in_memory_order(static_cast<std::uint32_t>(digits));
  const auto last = in_memory_order(static_cast<std::uint32_t>(digits >> 32));
  std::memcpy(first_four, &first, sizeof first);
  std::memcpy(last_four, &last, sizeof last);
}

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

bool read_uuid_by_words(const char* text, Uuid& uuid) {
  std::uint64_t odd = 0;
  const auto bytes = [&](std::uint64_t digits) {
    return in_memory_order(bytes_of_digits(digits, odd));
  };
  const std::uint32_t fours[] = {bytes(digits_at(text)), bytes(digits_at(text + 9, text + 14)),
                                 bytes(digits_at(text + 19, text + 24)),
                                 bytes(digits_at(text + 28))};
  static_assert(sizeof fours == sizeof uuid.bytes);
  std::memcpy(uuid.bytes.data(), fours, sizeof fours);
  const int hyphens = (text[8] ^ '-') | (text[13] ^ '-') | (text[18] ^ '-') | (text[23] ^ '-');
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  return hyphens == 0 && (odd & kHigh) == 0;
}

void put_text_by_words(char* at, const Uuid& uuid) {
  std::uint32_t fours[4];
  static_assert(sizeof fours == sizeof uuid.bytes);
  std::memcpy(fours, uuid.bytes.data(), sizeof fours);
  const auto digits = [&](std::size_t four) {
    return digits_of_bytes(in_memory_order(fours[four]));
  };
  put_digits(at, digits(0));
  put_digits(at + 9, at + 14, digits(1));
  put_digits(at + 19, at + 24, digits(2));
  put_digits(at + 28, digits(3));
  at[8] = at[13] = at[18] = at[23] = '-';
}

}  // namespace profile_broker
