// Finds entries by their hash, and never stops to reorganise itself: it grows by one bucket with
// each entry and shrinks by one (linear hashing: Litwin, VLDB 1980), where a table that doubles
// would keep everybody waiting while a million entries move. Entries are borrowed, and carry the
// link to the next one of their bucket. Equality is the caller's.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace profile_broker::service {

// A hash whose every bit depends on every bit of value: the finalizer of splitmix64.
constexpr std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

// Links: static Entry*& next(Entry&), and std::uint64_t hash(const Entry&), which gives the same as
// long as the entry is in here.
template <typename Entry, typename Links>
class HashIndex {
 public:
  explicit HashIndex(Links links = Links()) : links_(links) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The first entry with that hash that satisfies is_it, or null.
  template <typename Predicate>
  Entry* find(std::uint64_t hash, Predicate is_it) const {
    if (buckets_ == 0) {
      return nullptr;
    }
    for (Entry* entry = head(bucket_of(hash)); entry; entry = Links::next(*entry)) {
      if (is_it(*entry)) {
        return entry;
      }
    }
    return nullptr;
  }

  // Makes room for one more entry: what insert() would need memory for.
  void reserve_one() {
    if (size_ >= buckets_ && buckets_ % kChunk == 0 && chunks_.size() == buckets_ / kChunk) {
      chunks_.push_back(std::make_unique<Chunk>());
    }
  }
  // After reserve_one(): takes no memory. hash: the entry's.
  void insert(Entry& entry, std::uint64_t hash) noexcept {
    if (size_ >= buckets_) {
      add_bucket();
    }
    put(entry, head(bucket_of(hash)));
    ++size_;
  }
  void erase(Entry& entry, std::uint64_t hash) noexcept {
    Entry** at = &head(bucket_of(hash));
    while (*at != &entry) {
      at = &Links::next(**at);
    }
    *at = Links::next(entry);
    if (--size_ < buckets_ / 2) {  // never the only bucket
      remove_bucket();
    }
  }

  // visit may not change the index.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
      for (Entry* entry = head(bucket); entry; entry = Links::next(*entry)) {
        visit(*entry);
      }
    }
  }
  // A walk in parts, between which entries may come and go: an entry that is here all the time is
  // visited once. from: 0, then what this returned, until that is 0 again. Entries have their turn
  // in the order of turn_of() their hashes, which growing and shrinking leave as it is: a bucket's
  // hashes end alike, so that read backwards they begin alike.
  template <typename Visit>
  std::uint64_t visit_part(std::uint64_t from, Visit visit) const {
    if (buckets_ == 0) {
      return 0;
    }
    const std::size_t bucket = bucket_of(turn_of(from));
    for (Entry* entry = head(bucket); entry; entry = Links::next(*entry)) {
      if (turn_of(links_.hash(*entry)) >= from) {
        visit(*entry);
      }
    }
    const std::size_t half = std::bit_ceil(buckets_) / 2;
    const bool parted = bucket >= half || bucket + half < buckets_;
    const int bits = static_cast<int>(std::bit_width(half)) -
                     (parted ? 0 : 1);  // that tell it from other buckets
    return bits <= 0 ? 0 : (from | ~std::uint64_t{0} >> bits) + 1;
  }
  // Its bits in reverse; of that, the hash.
  static constexpr std::uint64_t turn_of(std::uint64_t hash) {
    hash = (hash >> 1 & 0x5555555555555555) | (hash & 0x5555555555555555) << 1;
    hash = (hash >> 2 & 0x3333333333333333) | (hash & 0x3333333333333333) << 2;
    hash = (hash >> 4 & 0x0F0F0F0F0F0F0F0F) | (hash & 0x0F0F0F0F0F0F0F0F) << 4;
    hash = (hash >> 8 & 0x00FF00FF00FF00FF) | (hash & 0x00FF00FF00FF00FF) << 8;
    hash = (hash >> 16 & 0x0000FFFF0000FFFF) | (hash & 0x0000FFFF0000FFFF) << 16;
    return hash >> 32 | hash << 32;
  }

  // Takes every entry out, handing each to dispose, which may destroy it.
  template <typename Dispose>
  void clear(Dispose dispose) noexcept {
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
      while (Entry* entry = head(bucket)) {
        head(bucket) = Links::next(*entry);
        dispose(*entry);
      }
    }
    size_ = 0;
    has_buckets(0);
    chunks_.clear();
  }

 private:
  static constexpr std::size_t kChunk = 64;
  using Chunk = std::array<Entry*, kChunk>;

  Entry*& head(std::size_t bucket) const { return (*chunks_[bucket / kChunk])[bucket % kChunk]; }
  // Of buckets_ buckets; the last of them may not have been told from its buddy yet.
  std::size_t bucket_of(std::uint64_t hash) const {
    const std::size_t bucket = hash & mask_;
    return bucket < buckets_ ? bucket : bucket & mask_ >> 1;
  }
  void has_buckets(std::size_t buckets) noexcept {
    buckets_ = buckets;
    mask_ = std::bit_ceil(buckets) - 1;
  }
  static void put(Entry& entry, Entry*& where) {
    Links::next(entry) = where;
    where = &entry;
  }
  // Parts the bucket that has had to serve the new one's entries too.
  void add_bucket() noexcept {
    has_buckets(buckets_ + 1);
    const std::size_t made = buckets_ - 1;
    head(made) = nullptr;
    if (made == 0) {
      return;
    }
    Entry*& old = head(made & mask_ >> 1);
    Entry* entry = std::exchange(old, nullptr);
    while (entry) {
      Entry& moved = *std::exchange(entry, Links::next(*entry));
      put(moved, head(bucket_of(links_.hash(moved))));
    }
  }
  // Its entries go back to its buddy. An emptied chunk stays until another one is empty as well, so
  // that coming and going does not cost an allocation each time.
  void remove_bucket() noexcept {
    const std::size_t gone = buckets_ - 1;
    Entry* entry = std::exchange(head(gone), nullptr);
    Entry*& buddy = head(gone & mask_ >> 1);
    has_buckets(gone);
    while (entry) {
      put(*std::exchange(entry, Links::next(*entry)), buddy);
    }
    if (chunks_.size() > buckets_ / kChunk + 2) {
      chunks_.pop_back();
    }
  }

  Links links_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t buckets_ = 0;
  std::size_t mask_ = 0;  // of the hashes' bits that tell the buckets apart
  std::size_t size_ = 0;
};

}  // namespace profile_broker::service
