#include "service/hash_index.h"

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using namespace profile_broker::service;

namespace {

struct Entry {
  std::uint64_t key = 0;
  Entry* next_one = nullptr;
  bool in = false;
};
struct Links {
  std::uint64_t mask = ~std::uint64_t{0};  // how much of the hash differs
  static Entry*& next(Entry& entry) { return entry.next_one; }
  std::uint64_t hash(const Entry& entry) const { return mixed(entry.key) & mask; }
};
using Index = HashIndex<Entry, Links>;

Entry* find(const Index& index, const Links& links, const Entry& wanted) {
  return index.find(links.hash(wanted), [&](const Entry& one) { return one.key == wanted.key; });
}

}  // namespace

TEST_CASE("an index finds what is in it and nothing else, while it grows and shrinks") {
  const Links links{GENERATE(~std::uint64_t{0}, std::uint64_t{7})};  // 7: all collide
  Index index(links);
  std::vector<Entry> entries(links.mask == 7 ? 300 : 3'000);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].key = i;
  }
  std::minstd_rand random(1);
  std::size_t in = 0;
  for (int phase = 0; phase < 4; ++phase) {
    for (std::size_t step = 0; step < 2 * entries.size(); ++step) {
      Entry& entry = entries[random() % entries.size()];
      // Even phases mostly fill it, odd ones mostly empty it.
      const bool put = (random() % 8 != 0) == (phase % 2 == 0);
      if (put && !entry.in) {
        index.reserve_one();
        index.insert(entry, links.hash(entry));
        entry.in = true;
        ++in;
      } else if (!put && entry.in) {
        index.erase(entry, links.hash(entry));
        entry.in = false;
        --in;
      }
      REQUIRE(index.size() == in);
    }
    for (const Entry& entry : entries) {
      REQUIRE(find(index, links, entry) == (entry.in ? &entry : nullptr));
    }
    std::size_t visited = 0;
    index.for_each([&](const Entry& entry) {
      REQUIRE(entry.in);
      ++visited;
    });
    REQUIRE(visited == in);
  }
  index.clear([](Entry& entry) { entry.in = false; });
  CHECK(index.empty());
  CHECK(std::none_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.in; }));
}

TEST_CASE("an empty index finds nothing") {
  CHECK(Index().find(1, [](const Entry&) { return true; }) == nullptr);
}

TEST_CASE("a walk in parts meets everything that stays once, however the index changes meanwhile") {
  const Links links{GENERATE(~std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{0xFF00})};
  Index index(links);
  std::vector<Entry> entries(200);
  std::minstd_rand random(1);
  std::vector<bool> changed(entries.size());
  const auto put = [&](std::size_t i) {
    index.reserve_one();
    index.insert(entries[i], links.hash(entries[i]));
    entries[i].in = true;
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].key = i;
  }
  for (const std::size_t at_first : {0, 1, 2, 3, 5, 60, 200}) {
    for (const int changes : {0, 1, 7}) {
      for (std::size_t i = 0; i < at_first; ++i) {
        put(i);
      }
      std::fill(changed.begin(), changed.end(), false);
      std::vector<int> met(entries.size());
      std::uint64_t from = 0;
      do {
        const std::uint64_t before = from;
        from = index.visit_part(from, [&](const Entry& entry) {
          ++met[entry.key];
          const auto turn = Index::turn_of(links.hash(entry));
          REQUIRE(turn >= before);
        });
        REQUIRE((from == 0 || from > before));
        // Whoever has had his turn was met, nobody else.
        REQUIRE(std::all_of(entries.begin(), entries.end(), [&](const Entry& entry) {
          const bool passed = from == 0 || Index::turn_of(links.hash(entry)) < from;
          return changed[entry.key] || met[entry.key] == (entry.in && passed ? 1 : 0);
        }));
        for (int i = 0; i < changes; ++i) {
          const std::size_t which = random() % entries.size();
          changed[which] = true;
          if (entries[which].in) {
            index.erase(entries[which], links.hash(entries[which]));
            entries[which].in = false;
          } else {
            put(which);
          }
        }
      } while (from != 0);
      for (auto& entry : entries) {
        if (entry.in) {
          index.erase(entry, links.hash(entry));
          entry.in = false;
        }
      }
    }
  }
}
