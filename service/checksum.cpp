// The slicing-by-8 algorithm behind checksum.h: Kounavis and Berry, "A Systematic Approach to
// Building High Performance Software-based CRC Generators" (ISCC 2005).
#include "service/checksum.h"

#include <array>
#include <cstddef>

namespace profile_broker::service {
namespace {

constexpr std::size_t kSlices = 8;
using Table = std::array<std::uint32_t, 256>;

// tables[n][b]: what byte b, followed by n zero bytes, adds to the checksum.
constexpr std::array<Table, kSlices> make_tables() {
  constexpr std::uint32_t kReflectedPolynomial = 0xEDB88320;
  std::array<Table, kSlices> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReflectedPolynomial : 0);
    }
    tables[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

constexpr auto kTables = make_tables();

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  const auto byte_at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  std::uint32_t crc = 0xFFFFFFFF;
  while (bytes.size() >= kSlices) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kSlices; ++i) {
      const auto mixed = i < 4 ? byte_at(i) ^ ((crc >> (8 * i)) & 0xFF) : byte_at(i);
      next ^= kTables[kSlices - 1 - i][mixed];
    }
    crc = next;
    bytes.remove_prefix(kSlices);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ byte_at(i)) & 0xFF];
  }
  return ~crc;
}

}  // namespace profile_broker::service
