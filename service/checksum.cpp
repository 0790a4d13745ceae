// Behind checksum.h: by the processor where it can (checksum_blocks.h), and else by the
// slicing-by-8 algorithm: Kounavis and Berry, "A Systematic Approach to Building High Performance
// Software-based CRC Generators" (ISCC 2005).
#include "service/checksum.h"

#include <array>
#include <cstddef>

#include "service/checksum_blocks.h"

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

// Compilers make one load of it where the machine has that order.
std::uint32_t little_endian(const char* bytes) {
  const auto at = [&](int i) { return std::uint32_t{static_cast<std::uint8_t>(bytes[i])}; };
  return at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
}

std::uint32_t by_tables(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (; bytes.size() >= kSlices; bytes.remove_prefix(kSlices)) {
    const std::uint32_t low = crc ^ little_endian(bytes.data());
    const std::uint32_t high = little_endian(bytes.data() + 4);
    crc = kTables[7][low & 0xFF] ^ kTables[6][(low >> 8) & 0xFF] ^ kTables[5][(low >> 16) & 0xFF] ^
          kTables[4][low >> 24] ^ kTables[3][high & 0xFF] ^ kTables[2][(high >> 8) & 0xFF] ^
          kTables[1][(high >> 16) & 0xFF] ^ kTables[0][high >> 24];
  }
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<std::uint8_t>(byte)) & 0xFF];
  }
  return ~crc;
}

const ChecksumByBlocks kByBlocks = checksum_by_blocks();

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  return kByBlocks && bytes.size() >= kChecksumBlock ? kByBlocks(bytes.data(), bytes.size())
                                                     : by_tables(bytes);
}

}  // namespace profile_broker::service
