// Names and links of the table's entries (table_entries.h).
#include "service/table_entries.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "proto/plain_text.h"

namespace profile_broker::service {
namespace {

// change() alters each word before it counts. The last one overlaps the one before it; a short
// text's is filled with zeros. Each word is mixed with a seed of its place, and not with the words
// before it: so a processor mixes several at a time.
template <typename ChangeWord>
std::uint64_t hash_of_bytes(std::string_view bytes, std::uint64_t seed, ChangeWord change) {
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
  std::uint64_t hash = bytes.size();
  std::uint64_t word = 0;
  const auto add_word_at = [&](const char* at) {
    std::memcpy(&word, at, sizeof word);
    hash += mixed(seed ^ change(word));
    seed += kGoldenRatio;
  };
  if (bytes.size() < sizeof word) {
    std::memcpy(&word, bytes.data(), bytes.size());
    return mixed(hash + mixed(seed ^ change(word)));
  }
  const char* const last = bytes.data() + bytes.size() - sizeof word;
  for (const char* at = bytes.data(); at < last; at += sizeof word) {
    add_word_at(at);
  }
  add_word_at(last);
  return mixed(hash);
}

}  // namespace

Profile::Profile(Hive& its_hive, std::size_t name_bytes, bool odd) noexcept
    : hive(&its_hive), odd_(odd), name_bytes_(static_cast<std::uint8_t>(name_bytes)) {}

// The block: the profile, its hash, its name, and of a name that is not plain the folded one with
// its length before it, because folding that takes memory, which comparing must not.
Profile& Profile::make(BlockStore& store, Hive& hive, const ProfileName& name, std::uint32_t hash) {
  static_assert(sizeof(Profile) + sizeof hash + 1 + 2 * kMostNameBytes <= BlockStore::kMostBytes);
  const std::string_view shown = name.shown();
  const std::string_view folded = name.folded_if_odd();
  const std::size_t behind = folded.empty() ? 0 : 1 + folded.size();
  void* block = store.take(sizeof(Profile) + sizeof hash + shown.size() + behind);
  auto* profile = ::new (block) Profile(hive, shown.size(), !folded.empty());
  char* at = static_cast<char*>(block) + sizeof(Profile);
  std::memcpy(at, &hash, sizeof hash);
  at += sizeof hash;
  at = std::copy(shown.begin(), shown.end(), at);
  if (!folded.empty()) {
    *at++ = static_cast<char>(folded.size());
    std::copy(folded.begin(), folded.end(), at);
  }
  return *profile;
}

void Profile::destroy(BlockStore& store, Profile& profile) noexcept {
  const std::size_t bytes = profile.block_bytes();
  profile.~Profile();
  store.give_back(&profile, bytes);
}

std::size_t Profile::block_bytes() const {
  const std::string_view own = shown();
  const std::size_t before = sizeof(Profile) + sizeof(std::uint32_t) + own.size();
  return !odd_ ? before : before + 1 + static_cast<std::uint8_t>(own.data()[own.size()]);
}

std::string_view Profile::folded(std::span<char, kMostNameBytes> room) const {
  const std::string_view own = shown();
  if (!odd_) {
    upper_ascii(own, room.data());
    return {room.data(), own.size()};
  }
  const char* behind = own.data() + own.size();
  return {behind + 1, static_cast<std::uint8_t>(*behind)};
}

bool Profile::is_named(const ProfileName& name) const {
  if (shown() == name.shown()) {
    return true;
  }
  std::array<char, kMostNameBytes> room;
  const std::string_view own = folded(room);
  if (!name.folded_if_odd().empty()) {
    return own == name.folded_if_odd();
  }
  std::array<char, kMostNameBytes> its_room;
  upper_ascii(name.shown(), its_room.data());
  return own == std::string_view(its_room.data(), name.shown().size());
}

std::uint32_t Profile::hash_of(const ProfileName& name, std::uint64_t seed) {
  const std::string_view odd = name.folded_if_odd();
  const auto as_it_is = [](std::uint64_t word) { return word; };
  const auto upper = [](std::uint64_t word) { return upper_ascii(word); };
  return static_cast<std::uint32_t>(odd.empty() ? hash_of_bytes(name.shown(), seed, upper)
                                                : hash_of_bytes(odd, seed, as_it_is));
}

void Profile::add(Reference& reference) noexcept {
  if (count_ == 0) {
    first_ = reference.before = reference.after = &reference;
  } else {
    Reference& last = *first_->before;
    reference.before = &last;
    reference.after = first_;
    last.after = first_->before = &reference;
  }
  ++count_;
}

void Profile::remove(Reference& reference) noexcept {
  reference.before->after = reference.after;
  reference.after->before = reference.before;
  if (first_ == &reference) {
    first_ = reference.after == &reference ? nullptr : reference.after;
  }
  --count_;
}

}  // namespace profile_broker::service
