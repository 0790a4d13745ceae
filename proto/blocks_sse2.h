// Sixteen bytes as one block, by SSE2: what the files share that are named after it.
#pragma once

#include <emmintrin.h>

namespace profile_broker {

inline __m128i block_at(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}
inline void put_block(char* at, __m128i block) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), block);
}
// A byte sixteen times.
inline __m128i block_of(int byte) {
  return _mm_set1_epi8(static_cast<char>(byte));
}

}  // namespace profile_broker
