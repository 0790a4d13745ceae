// How much of a text is plain: printable ASCII that needs no escape in JSON; and ASCII in upper
// case. Eight bytes at a time, because every byte that goes in or out is looked at.
#pragma once

#include <bit>
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
constexpr std::uint64_t in_memory_order(std::uint64_t word) {
  if constexpr (std::endian::native == std::endian::big) {
    std::uint64_t turned = 0;
    for (int byte = 0; byte < 8; ++byte, word >>= 8) {
      turned = turned << 8 | (word & 0xFF);
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

// The length of the plain beginning.
inline std::size_t plain_prefix(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += sizeof(std::uint64_t)) {
    const std::size_t left = text.size() - at;
    std::uint64_t word = 0;  // what is missing of the last one is not plain
    std::memcpy(&word, text.data() + at, left < sizeof word ? left : sizeof word);
    if (const std::uint64_t odd = odd_bytes(in_memory_order(word))) {
      const auto plain = static_cast<std::size_t>(std::countr_zero(odd)) / 8;
      return at + (plain < left ? plain : left);
    }
  }
  return text.size();
}

// Writes text in upper case to as many bytes at to. False when it is not ASCII alone; what has been
// written then means nothing.
inline bool upper_ascii(std::string_view text, char* to) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::uint64_t all = 0;
  const auto write = [&](std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), count);
    all |= word;
    // The high bits of the letters from a to z; moved, the bit that upper case does not have.
    const std::uint64_t lower = (word + kOnes * (0x80 - 'a')) & ~(word + kOnes * (0x7F - 'z'));
    word -= (lower & kHigh) >> 2;
    std::memcpy(to, &word, count);
    text.remove_prefix(count);
    to += count;
  };
  while (text.size() >= sizeof all) {
    write(sizeof all);
  }
  write(text.size());
  return (all & kHigh) == 0;
}

}  // namespace profile_broker
