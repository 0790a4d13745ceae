// By PCLMULQDQ, for the GNU compilers' way to use an instruction that not every processor has. The
// method and its constants: Gopal, Ozturk, Guilford, Wolrich, Feghali, Dixon and Karakoyunlu, "Fast
// CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), for the
// polynomial 0x04C11DB7 with its bits reversed. The paper folds a block over the next one, or four
// over the next four, and each multiplication waits for the one before. Here each of up to sixteen
// blocks is moved over all those behind it at once, so that none waits: most lines are no longer.
#include <immintrin.h>

#include <algorithm>
#include <array>

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

// x to that power, modulo the polynomial. One bit to the left, because the product of two reversed
// numbers is one bit to the right of what the reversed product is.
constexpr std::uint64_t power_of_x(unsigned exponent) {
  constexpr std::uint32_t kReversedPolynomial = 0xEDB88320;
  std::uint32_t power = 0x80000000;  // 1
  for (; exponent > 0; --exponent) {
    power = (power >> 1) ^ ((power & 1) != 0 ? kReversedPolynomial : 0);
  }
  return std::uint64_t{power} << 1;
}

// What moves the halves of a block over so many blocks, for one to kMostTogether of them: the high
// half by 128 bits for each, the low one, which is read first and stands for higher powers, by 64
// more. Less 32 each, because a remainder of 32 bits in the low end of 64 reversed ones is x^32
// times of what it says.
struct Move {
  std::uint64_t low;
  std::uint64_t high;
};
constexpr std::size_t kMostTogether = 16;
alignas(16) constexpr auto kMovesOver = [] {
  std::array<Move, kMostTogether> moves{};
  for (unsigned blocks = 1; blocks <= kMostTogether; ++blocks) {
    moves[blocks - 1] = {power_of_x(128 * blocks + 32), power_of_x(128 * blocks - 32)};
  }
  return moves;
}();
// As the paper has them: k3, k4, k1, k2 and k5.
static_assert(kMovesOver[0].low == 0x1751997D0 && kMovesOver[0].high == 0x0CCAA009E);
static_assert(kMovesOver[3].low == 0x154442BD4 && kMovesOver[3].high == 0x1C6E41596);
constexpr std::uint64_t kOverHalfABlock = power_of_x(64);
static_assert(kOverHalfABlock == 0x163CD6124);

PROFILE_BROKER_WITH_PCLMULQDQ __m128i halves_of(const Move* move) {
  return _mm_load_si128(reinterpret_cast<const __m128i*>(move));
}

PROFILE_BROKER_WITH_PCLMULQDQ __m128i moved(__m128i block, const Move* move) {
  const __m128i halves = halves_of(move);
  return _mm_xor_si128(_mm_clmulepi64_si128(block, halves, 0x00),
                       _mm_clmulepi64_si128(block, halves, 0x11));
}

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
  bytes += before;
  const Move* const over_one = kMovesOver.data();
  for (std::size_t left = size / kChecksumBlock; left > 0;) {
    const std::size_t together = std::min(left, kMostTogether);
    left -= together;
    const Move* over_the_rest = over_one + together - 1;
    folded = moved(folded, over_the_rest);
    while (over_the_rest != over_one) {
      folded = _mm_xor_si128(folded, moved(next, --over_the_rest));
      next = block_at(bytes += kChecksumBlock);
    }
    folded = _mm_xor_si128(folded, next);
    if (left > 0) {
      next = block_at(bytes += kChecksumBlock);
    }
  }

  // 128 bits to 64.
  const __m128i every_other = _mm_setr_epi32(~0, 0, ~0, 0);
  folded = _mm_xor_si128(_mm_srli_si128(folded, 8),
                         _mm_clmulepi64_si128(folded, halves_of(over_one), 0x10));
  const __m128i over_half_a_block = _mm_set_epi64x(0, kOverHalfABlock);
  folded = _mm_xor_si128(
      _mm_srli_si128(folded, 4),
      _mm_clmulepi64_si128(_mm_and_si128(folded, every_other), over_half_a_block, 0x00));

  // The remainder by Barrett's method: the quotient's constant, the polynomial.
  const __m128i division = _mm_set_epi64x(0x1F7011641, 0x1DB710641);
  const __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(folded, every_other), division, 0x10);
  folded = _mm_xor_si128(
      folded, _mm_clmulepi64_si128(_mm_and_si128(quotient, every_other), division, 0x00));
  return ~static_cast<std::uint32_t>(_mm_extract_epi32(folded, 1));
}

}  // namespace

ChecksumByBlocks checksum_by_blocks() noexcept {
  return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1") ? by_multiplication
                                                                              : nullptr;
}

}  // namespace profile_broker::service
