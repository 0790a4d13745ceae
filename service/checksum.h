// CRC-32 (ISO-HDLC, as in zip and Ethernet), which tells a damaged line of the journal from a whole
// one. As quickly as it can be had: it is taken of every change that is answered.
#pragma once

#include <cstdint>
#include <string_view>

namespace profile_broker::service {

std::uint32_t crc32(std::string_view bytes);

}  // namespace profile_broker::service
