// Memory in blocks of many sizes, up to half a kilobyte: none asked of the allocator in ordinary
// coming and going, no more bytes a block than asked for, rounded up to eight. What was used once
// stays for the next ones of that size.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace profile_broker::service {

class BlockStore {
 public:
  static constexpr std::size_t kMostBytes = 512;

  BlockStore() = default;
  BlockStore(const BlockStore&) = delete;
  BlockStore& operator=(const BlockStore&) = delete;
  // Every block must have been given back, or is not used any more.
  ~BlockStore() = default;

  // bytes: 1 to kMostBytes.
  void* take(std::size_t bytes) {
    Free*& free = free_[size_class(bytes)];
    if (!free) {
      add_chunk(free, bytes);
    }
    return std::exchange(free, free->next);
  }
  // bytes: as they were asked for.
  void give_back(void* block, std::size_t bytes) noexcept {
    Free*& free = free_[size_class(bytes)];
    free = ::new (block) Free{free};
  }

 private:
  struct Free {
    Free* next;
  };
  static constexpr std::size_t kStep = sizeof(Free);
  static constexpr std::size_t kBlocksOfChunk = 32;

  static std::size_t size_class(std::size_t bytes) { return (bytes + kStep - 1) / kStep; }

  void add_chunk(Free*& free, std::size_t bytes) {
    const std::size_t block_bytes = size_class(bytes) * kStep;
    std::unique_ptr<std::byte[]> chunk(new std::byte[kBlocksOfChunk * block_bytes]);
    std::byte* const blocks = chunk.get();
    chunks_.push_back(std::move(chunk));
    for (std::size_t i = kBlocksOfChunk; i > 0; --i) {
      free = ::new (blocks + (i - 1) * block_bytes) Free{free};
    }
  }

  std::array<Free*, kMostBytes / kStep + 1> free_{};
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

}  // namespace profile_broker::service
