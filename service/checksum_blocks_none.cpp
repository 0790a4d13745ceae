// Of a processor or a compiler that checksum_blocks_x86.cpp is not for.
#include "service/checksum_blocks.h"

namespace profile_broker::service {

ChecksumByBlocks checksum_by_blocks() noexcept {
  return nullptr;
}

}  // namespace profile_broker::service
