// The checksum of whole blocks by the processor's own polynomial multiplication, where it has one:
// for checksum.cpp, nobody else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace profile_broker::service {

inline constexpr std::size_t kChecksumBlock = 16;  // bytes

// Goes on from the state before (not inverted) over so many blocks, at least one.
using ChecksumOfBlocks = std::uint32_t (*)(std::uint32_t state, const char* bytes,
                                           std::size_t blocks);

// Null where this processor has no such instruction.
ChecksumOfBlocks checksum_of_blocks();

}  // namespace profile_broker::service
