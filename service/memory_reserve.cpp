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
std::atomic<bool> installed = false;

// The new-handler: returns when it has made room, else throws.
void use_reserve() {
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

bool put_by() noexcept {
  for (auto& block : blocks) {
    if (!block) {
      void* memory = std::malloc(kBlockBytes);
      if (!memory) {
        return false;
      }
      block = memory;
    }
  }
  return true;
}

}  // namespace

void install_memory_reserve() {
  installed = true;
  put_by();
  std::set_new_handler(use_reserve);
}

bool memory_is_short() noexcept {
  // The last block is put by last.
  return installed && !blocks.back() && !put_by();
}

}  // namespace profile_broker::service
