// Plain text sixteen bytes at a time, by SSE2, which every x86-64 has. A text's last sixteen bytes
// may overlap those before, so that nothing beyond its end is read or written.
#include <bit>

#include "proto/blocks_sse2.h"
#include "proto/plain_text_by_words.h"

namespace profile_broker {
namespace {

constexpr std::size_t kBlock = sizeof(__m128i);

// A bit for each quote of a block, the first one's is the lowest.
unsigned quotes_of(const char* at) {
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block_at(at), block_of('"'))));
}

// All bits of each byte that is not plain.
__m128i odd_bytes(__m128i block) {
  // Moved to the beginning of what a signed byte can hold, the printable ones are the lowest.
  const __m128i unprintable =
      _mm_cmpgt_epi8(_mm_add_epi8(block, block_of(0x80 - 0x20)), block_of(0x7E - 0x20 - 0x80));
  return _mm_or_si128(unprintable, _mm_or_si128(_mm_cmpeq_epi8(block, block_of('"')),
                                                _mm_cmpeq_epi8(block, block_of('\\'))));
}

}  // namespace

std::size_t before_quote(std::string_view text) {
  if (text.size() < kBlock) {
    return before_quote_by_words(text);
  }
  const std::size_t last = text.size() - kBlock;
  for (std::size_t at = 0; at < last; at += kBlock) {
    if (const unsigned quotes = quotes_of(text.data() + at)) {
      return at + static_cast<std::size_t>(std::countr_zero(quotes));
    }
  }
  // Where it overlaps, no quote is.
  const unsigned quotes = quotes_of(text.data() + last);
  return quotes != 0 ? last + static_cast<std::size_t>(std::countr_zero(quotes)) : text.size();
}

bool copy_plain(char* to, std::string_view text) {
  if (text.size() < kBlock) {
    return copy_plain_by_words(to, text);
  }
  __m128i odd = _mm_setzero_si128();
  const auto copy_block = [&](std::size_t at) {
    const __m128i block = block_at(text.data() + at);
    put_block(to + at, block);
    odd = _mm_or_si128(odd, odd_bytes(block));
  };
  const std::size_t last = text.size() - kBlock;
  for (std::size_t at = 0; at < last; at += kBlock) {
    copy_block(at);
  }
  copy_block(last);
  return _mm_movemask_epi8(odd) == 0;
}

}  // namespace profile_broker
