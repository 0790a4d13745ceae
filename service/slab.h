// Storage for many values of one size: no more bytes a value than the value has, none asked of the
// allocator in ordinary coming and going. What was used once stays for the next ones.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace profile_broker::service {

template <typename T>
class Slab {
 public:
  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  // Every value must have been destroyed.
  ~Slab() = default;

  template <typename... Arguments>
  T& make(Arguments&&... arguments) {
    if (!free_) {
      add_chunk();
    }
    Slot* slot = free_;
    Slot* const next = slot->next;
    T* made = ::new (slot->memory) T(std::forward<Arguments>(arguments)...);
    free_ = next;
    return *made;
  }
  void destroy(T& value) noexcept {
    value.~T();
    Slot* slot = ::new (static_cast<void*>(&value)) Slot;
    slot->next = free_;
    free_ = slot;
  }

 private:
  union Slot {
    Slot* next;
    alignas(T) std::byte memory[sizeof(T)];
  };
  static constexpr std::size_t kSlotsPerChunk = 32;
  using Chunk = std::array<Slot, kSlotsPerChunk>;

  void add_chunk() {
    Chunk& chunk = *chunks_.emplace_back(std::make_unique<Chunk>());
    for (Slot& slot : chunk) {
      slot.next = std::exchange(free_, &slot);
    }
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  Slot* free_ = nullptr;
};

}  // namespace profile_broker::service
