// The blocks behind memory_reserve.h.
#include "service/memory_reserve.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace profile_broker::service {
namespace {

// Several requests' worth. In blocks that the allocator keeps for this process when they are freed;
// a large one would go back to the system and to whoever is quicker.
constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;
std::array<std::atomic<void*>, 16> blocks;

// The new-handler: returns when it has made room, else throws.
void use_reserve() {
  reserve_is_used = true;
  bool made_room = false;
  for (auto& block : blocks) {
    if (void* kept = block.exchange(nullptr)) {
      std::free(kept);
      made_room = true;
    }
  }
  if (!made_room) {
    throw std::bad_alloc();
  }
}

}  // namespace

bool put_reserve_by() noexcept {
  reserve_is_used = false;  // first: another thread may use it meanwhile
  for (auto& block : blocks) {
    if (!block) {
      void* memory = std::malloc(kBlockBytes);
      if (!memory) {
        reserve_is_used = true;
        return false;
      }
      block = memory;
    }
  }
  return true;
}

void install_memory_reserve() {
  static_cast<void>(put_reserve_by());
  std::set_new_handler(use_reserve);
}

}  // namespace profile_broker::service
