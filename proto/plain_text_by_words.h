// Plain text eight bytes at a time, on any processor: what plain_text_portable.cpp is, what
// plain_text_sse2.cpp is for short texts, and what the tests compare it with. For the meaning see
// plain_text.h.
#pragma once

#include "proto/plain_text.h"

namespace profile_broker {

inline std::size_t before_quote_by_words(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    // Zero where a quote is; the high bits above the lowest one mean nothing.
    const std::uint64_t other = in_memory_order(word) ^ '"' * kOnes;
    if (const std::uint64_t quotes = (other - kOnes) & ~other & 0x80 * kOnes) {
      return at + static_cast<std::size_t>(std::countr_zero(quotes)) / 8;
    }
  }
  while (at < text.size() && text[at] != '"') {
    ++at;
  }
  return at;
}

// Looks at words of eight bytes one after the other, and only at the end whether all were plain:
// that is less work than to know where one is not.
class PlainWords {
 public:
  void look_at(std::uint64_t word) {
    // The high bit of each byte below 0x80; those beyond have it themselves.
    odd_ |= word | (word + kOnes);  // it is 0x7F
    plain_ &= (word + (0x80 - 0x20) * kOnes) & is_not(word, '"') & is_not(word, '\\');
  }
  bool plain() const { return (plain_ & ~odd_ & 0x80 * kOnes) == 0x80 * kOnes; }

 private:
  static constexpr std::uint64_t kOnes = 0x0101010101010101;
  static std::uint64_t is_not(std::uint64_t word, std::uint8_t byte) {
    return (word ^ byte * kOnes) + 0x7F * kOnes;
  }

  std::uint64_t plain_ = ~std::uint64_t{0};
  std::uint64_t odd_ = 0;
};

template <std::unsigned_integral Word>
Word copied_word(char* to, const char* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  std::memcpy(to, &word, sizeof word);
  return word;
}

inline bool copy_plain_by_words(char* to, std::string_view text) {
  PlainWords words;
  if (text.size() >= sizeof(std::uint64_t)) {
    const std::size_t last = text.size() - sizeof(std::uint64_t);  // over the end of the one before
    for (std::size_t at = 0; at < last; at += sizeof(std::uint64_t)) {
      words.look_at(copied_word<std::uint64_t>(to + at, text.data() + at));
    }
    words.look_at(copied_word<std::uint64_t>(to + last, text.data() + last));
    return words.plain();
  }
  if (text.size() >= sizeof(std::uint32_t)) {
    const std::size_t last = text.size() - sizeof(std::uint32_t);
    const std::uint64_t first = copied_word<std::uint32_t>(to, text.data());
    words.look_at(first << 32 | copied_word<std::uint32_t>(to + last, text.data() + last));
    return words.plain();
  }
  text.copy(to, text.size());
  return plain_prefix(text) == text.size();
}

}  // namespace profile_broker
