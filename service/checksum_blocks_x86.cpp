// By PCLMULQDQ, for the GNU compilers' way to use an instruction that not every processor has. The
// method and its constants: Gopal, Ozturk, Guilford, Wolrich, Feghali, Dixon and Karakoyunlu, "Fast
// CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), for the
// polynomial 0x04C11DB7 with its bits reversed.
#include <immintrin.h>

#include "service/checksum_blocks.h"

namespace profile_broker::service {
namespace {

#define PROFILE_BROKER_WITH_PCLMULQDQ __attribute__((target("pclmul,sse4.1")))

PROFILE_BROKER_WITH_PCLMULQDQ __m128i block_at(const char* bytes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

// Moves a block's bytes, by _mm_shuffle_epi8: what is read n bytes before the middle moves them so
// many to the end, n bytes behind it to the beginning. What comes in is zero.
alignas(16) constexpr char kMoves[3 * kChecksumBlock] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,  6,  7,
    8,  9,  10, 11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
constexpr const char* kNoMove = kMoves + kChecksumBlock;

// Zeros in front change nothing when the state before is zero. So there are as many as make whole
// blocks, and the state that the definition begins with, all ones, is put onto the first four
// bytes.
PROFILE_BROKER_WITH_PCLMULQDQ std::uint32_t by_multiplication(const char* bytes, std::size_t size) {
  const std::size_t before = size % kChecksumBlock;  // bytes that are no whole block
  const __m128i ones = _mm_cvtsi32_si128(-1);
  __m128i folded = _mm_shuffle_epi8(_mm_xor_si128(block_at(bytes), ones),
                                    block_at(kNoMove - (kChecksumBlock - before)));
  __m128i next =
      _mm_xor_si128(block_at(bytes + before), _mm_shuffle_epi8(ones, block_at(kNoMove + before)));
  // What moves a half of a block over the next one.
  const __m128i over_a_block = _mm_set_epi64x(0x0CCAA009E, 0x1751997D0);
  const char* const end = bytes + size;
  for (bytes += before;; next = block_at(bytes)) {
    const __m128i low = _mm_clmulepi64_si128(folded, over_a_block, 0x00);
    const __m128i high = _mm_clmulepi64_si128(folded, over_a_block, 0x11);
    folded = _mm_xor_si128(_mm_xor_si128(low, high), next);
    bytes += kChecksumBlock;
    if (bytes == end) {
      break;
    }
  }

  // 128 bits to 64.
  const __m128i every_other = _mm_setr_epi32(~0, 0, ~0, 0);
  folded =
      _mm_xor_si128(_mm_srli_si128(folded, 8), _mm_clmulepi64_si128(folded, over_a_block, 0x10));
  const __m128i over_half_a_word = _mm_set_epi64x(0, 0x163CD6124);
  folded = _mm_xor_si128(
      _mm_srli_si128(folded, 4),
      _mm_clmulepi64_si128(_mm_and_si128(folded, every_other), over_half_a_word, 0x00));

  // The remainder by Barrett's method: the quotient's constant, the polynomial.
  const __m128i division = _mm_set_epi64x(0x1F7011641, 0x1DB710641);
  const __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(folded, every_other), division, 0x10);
  folded = _mm_xor_si128(
      folded, _mm_clmulepi64_si128(_mm_and_si128(quotient, every_other), division, 0x00));
  return ~static_cast<std::uint32_t>(_mm_extract_epi32(folded, 1));
}

}  // namespace

ChecksumByBlocks checksum_by_blocks() {
  return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1") ? by_multiplication
                                                                              : nullptr;
}

}  // namespace profile_broker::service
