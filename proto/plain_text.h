// How much of a text is plain: printable ASCII that needs no escape in JSON. Eight bytes at a time,
// because every byte that goes in or out is looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace profile_broker {

constexpr bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

// Whether all eight bytes of a word are plain. Each test leaves the high bit of a byte set that is
// not; borrows between bytes can only come from a byte that is not plain itself.
constexpr bool is_plain(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes & kHigh; };
  const std::uint64_t odd = word | (word - 0x20 * kOnes) | (word + kOnes) |
                            has_zero(word ^ ('"' * kOnes)) | has_zero(word ^ ('\\' * kOnes));
  return (odd & kHigh) == 0;
}

// The length of the plain beginning.
inline std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (!is_plain(word)) {
      break;
    }
  }
  while (at < text.size() && is_plain(text[at])) {
    ++at;
  }
  return at;
}

}  // namespace profile_broker
