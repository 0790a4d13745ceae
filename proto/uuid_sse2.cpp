// The text form of UUIDs, sixteen digits at a time, by SSE2, which every x86-64 has.
#include <cstring>

#include "proto/blocks_sse2.h"
#include "proto/uuid.h"

namespace profile_broker {
namespace {

__m128i four_at(const char* text) {
  int four = 0;
  std::memcpy(&four, text, sizeof four);
  return _mm_cvtsi32_si128(four);
}
__m128i eight_at(const char* text) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(text));
}
void put_four(char* text, __m128i four) {
  const int word = _mm_cvtsi128_si32(four);
  std::memcpy(text, &word, sizeof word);
}
void put_eight(char* text, __m128i eight) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(text), eight);
}

// The values of sixteen digits in either case; what is no digit gets one above 15.
__m128i values_of(__m128i digits) {
  // Moved to the end of what a byte can hold, '0' to '9' are the ones that stay above 0xEF.
  const __m128i at_end = _mm_subs_epu8(_mm_add_epi8(digits, block_of(0xFF - '9')), block_of(6));
  const __m128i numbers = _mm_sub_epi8(at_end, block_of(0xF0));
  const __m128i letters = _mm_sub_epi8(_mm_and_si128(digits, block_of(0xDF)), block_of('A'));
  return _mm_min_epu8(numbers, _mm_adds_epu8(letters, block_of(10)));
}

// Each two values as one byte, in the lower half of a 16-bit word.
__m128i pairs_of(__m128i values) {
  const __m128i both = _mm_or_si128(_mm_slli_epi16(values, 4), _mm_srli_epi16(values, 8));
  return _mm_and_si128(both, _mm_set1_epi16(0xFF));
}

// The digits of sixteen values, in lower case.
__m128i digits_of(__m128i values) {
  const __m128i letters = _mm_cmpgt_epi8(values, block_of(9));
  return _mm_add_epi8(_mm_add_epi8(values, block_of('0')),
                      _mm_and_si128(letters, block_of('a' - '9' - 1)));
}

}  // namespace

bool read_uuid(const char* text, Uuid& uuid) {
  const __m128i first = values_of(_mm_unpacklo_epi64(
      eight_at(text), _mm_unpacklo_epi32(four_at(text + 9), four_at(text + 14))));
  const __m128i last = values_of(_mm_unpacklo_epi64(
      _mm_unpacklo_epi32(four_at(text + 19), four_at(text + 24)), eight_at(text + 28)));
  // The four hyphens are the first of these sixteen and each fifth behind it.
  constexpr int kHyphens = 0x8421;
  const int hyphens =
      _mm_movemask_epi8(_mm_cmpeq_epi8(block_at(text + 8), block_of('-'))) & kHyphens;
  const int odd = _mm_movemask_epi8(_mm_adds_epu8(_mm_max_epu8(first, last), block_of(0x7F - 15)));
  const __m128i bytes = _mm_packus_epi16(pairs_of(first), pairs_of(last));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(uuid.bytes.data()), bytes);
  return (odd | (hyphens ^ kHyphens)) == 0;
}

void put_text_of(char* at, const Uuid& uuid) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(uuid.bytes.data()));
  const __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), block_of(0x0F));
  const __m128i low = _mm_and_si128(bytes, block_of(0x0F));
  const __m128i first = digits_of(_mm_unpacklo_epi8(high, low));
  const __m128i last = digits_of(_mm_unpackhi_epi8(high, low));
  put_eight(at, first);
  put_four(at + 9, _mm_srli_si128(first, 8));
  put_four(at + 14, _mm_srli_si128(first, 12));
  put_four(at + 19, last);
  put_four(at + 24, _mm_srli_si128(last, 4));
  put_eight(at + 28, _mm_srli_si128(last, 8));
  at[8] = at[13] = at[18] = at[23] = '-';
}

}  // namespace profile_broker
