// How much of a text is plain: printable ASCII that needs no escape in JSON; and ASCII in upper
// case. Eight bytes at a time, because every byte that goes in or out is looked at; what
// plain_text_sse2.cpp has, sixteen.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace profile_broker {

constexpr bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

// The first byte as the lowest one, on every machine.
template <std::unsigned_integral Word>
constexpr Word in_memory_order(Word word) {
  if constexpr (std::endian::native == std::endian::big) {
    Word turned = 0;
    for (std::size_t byte = 0; byte < sizeof word; ++byte, word >>= 8) {
      turned = static_cast<Word>(turned << 8 | (word & 0xFF));
    }
    return turned;
  }
  return word;
}

// Of each byte of a word that is not plain the high bit; above the lowest such byte others may have
// it as well, because borrows spread upwards, below it none has.
constexpr std::uint64_t odd_bytes(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
  return (word | (word - 0x20 * kOnes) | (word + kOnes) | has_zero(word ^ ('"' * kOnes)) |
          has_zero(word ^ ('\\' * kOnes))) &
         kHigh;
}

// How many bytes stand before the first quote; all of them when there is none.
std::size_t before_quote(std::string_view text);

// Copies text to as many bytes at to. False: it is not plain; what has been copied then means
// nothing.
bool copy_plain(char* to, std::string_view text);

// Whether the literal's bytes stand at at, where there are as many. Compared by words, of which the
// last two overlap: compilers call memcmp for all but the shortest literals.
template <std::size_t kSize>
bool begins_with(const char* at, const char (&literal)[kSize]) {
  constexpr std::size_t kBytes = kSize - 1;
  if constexpr (kBytes >= sizeof(std::uint64_t)) {
    const auto differ = [&](std::size_t from) {
      std::uint64_t word = 0;
      std::uint64_t expected = 0;
      std::memcpy(&word, at + from, sizeof word);
      std::memcpy(&expected, literal + from, sizeof expected);
      return word ^ expected;
    };
    std::uint64_t all = differ(kBytes - sizeof all);
    for (std::size_t from = 0; from + sizeof all < kBytes; from += sizeof all) {
      all |= differ(from);
    }
    return all == 0;
  } else {
    return std::memcmp(at, literal, kBytes) == 0;
  }
}

// Whether text is that literal.
template <std::size_t kSize>
bool is_literal(std::string_view text, const char (&literal)[kSize]) {
  return text.size() == kSize - 1 && begins_with(text.data(), literal);
}

// The length of the plain beginning.
inline std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if (const std::uint64_t odd = odd_bytes(in_memory_order(word))) {
      return at + static_cast<std::size_t>(std::countr_zero(odd)) / 8;
    }
  }
  while (at < text.size() && is_plain(text[at])) {
    ++at;
  }
  return at;
}

// Eight bytes of ASCII in upper case. What becomes of others means nothing.
constexpr std::uint64_t upper_ascii(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  // The high bits of the letters from a to z; moved, the bit that upper case does not have.
  const std::uint64_t lower = (word + kOnes * (0x80 - 'a')) & ~(word + kOnes * (0x7F - 'z'));
  return word - ((lower & kHigh) >> 2);
}

// Writes text in upper case to as many bytes at to. False when it is not ASCII alone; what has been
// written then means nothing.
inline bool upper_ascii(std::string_view text, char* to) {
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::uint64_t all = 0;
  const auto upper = [&](std::uint64_t word) {
    all |= word;
    return upper_ascii(word);
  };
  std::size_t at = 0;
  for (; at + sizeof all <= text.size(); at += sizeof all) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    word = upper(word);
    std::memcpy(to + at, &word, sizeof word);
  }
  for (; at < text.size(); ++at) {
    to[at] = static_cast<char>(upper(static_cast<std::uint8_t>(text[at])));
  }
  return (all & kHigh) == 0;
}

}  // namespace profile_broker
