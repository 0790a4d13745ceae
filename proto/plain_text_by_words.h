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

inline bool copy_plain_by_words(char* to, std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const auto copy_word = [&](std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, kWord);
    std::memcpy(to + at, &word, kWord);
    return odd_bytes(word) == 0;
  };
  if (text.size() < kWord) {
    text.copy(to, text.size());
    return plain_prefix(text) == text.size();
  }
  for (std::size_t at = 0; at + kWord < text.size(); at += kWord) {
    if (!copy_word(at)) {
      return false;
    }
  }
  return copy_word(text.size() - kWord);
}

}  // namespace profile_broker
