// The checksum by the processor's own polynomial multiplication, a block at a time, where it has
// one: for checksum.cpp, nobody else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace profile_broker::service {

inline constexpr std::size_t kChecksumBlock = 16;  // bytes

// Of so many bytes, at least a block of them.
using ChecksumByBlocks = std::uint32_t (*)(const char* bytes, std::size_t size);

// Null where this processor has no such instruction.
ChecksumByBlocks checksum_by_blocks() noexcept;

}  // namespace profile_broker::service
