#include "service/block_store.h"

#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using namespace profile_broker::service;

TEST_CASE("blocks of all sizes lie apart, and each has all of its bytes") {
  BlockStore store;
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t bytes = 1; bytes <= BlockStore::kMostBytes; ++bytes) {
      auto* block = static_cast<unsigned char*>(store.take(bytes));
      REQUIRE(reinterpret_cast<std::uintptr_t>(block) % alignof(void*) == 0);
      std::memset(block, static_cast<int>(blocks.size() % 251), bytes);
      blocks.emplace_back(block, bytes);
    }
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, bytes] = blocks[i];
    const std::vector<unsigned char> same(bytes, static_cast<unsigned char>(i % 251));
    REQUIRE(std::memcmp(block, same.data(), bytes) == 0);
  }
  for (const auto& [block, bytes] : blocks) {
    store.give_back(block, bytes);
  }
}

TEST_CASE("a block that was given back is the next one of its size") {
  BlockStore store;
  std::set<void*> used;
  for (int i = 0; i < 1'000; ++i) {
    void* const block = store.take(72);
    used.insert(block);
    store.give_back(block, 72);
  }
  CHECK(used.size() == 1);
}
