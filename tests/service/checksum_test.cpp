#include "service/checksum.h"

#include <boost/crc.hpp>
#include <string>

#include "tests/support/catch.h"

using namespace profile_broker::service;

TEST_CASE("The checksum of the check string is the one that is published for CRC-32/ISO-HDLC") {
  CHECK(crc32("123456789") == 0xCBF43926);
  CHECK(crc32("") == 0);
}

TEST_CASE("The checksum of any length is the library's") {
  // Beyond twice of what is looked at together.
  std::string bytes;
  for (int length = 0; length <= 600; ++length) {
    boost::crc_32_type library;
    library.process_bytes(bytes.data(), bytes.size());
    REQUIRE(crc32(bytes) == library.checksum());
    bytes.push_back(static_cast<char>(length * 37 + length / 7));
  }
}
