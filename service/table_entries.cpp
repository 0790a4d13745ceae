// Names and links of the table's entries (table_entries.h).
#include "service/table_entries.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "proto/plain_text.h"

namespace profile_broker::service {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

std::uint64_t hash_of_bytes(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = seed ^ bytes.size();
  const auto take = [&](std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), count);
    bytes.remove_prefix(count);
    hash = mixed(hash ^ word);
  };
  while (bytes.size() >= sizeof hash) {
    take(sizeof hash);
  }
  take(bytes.size());
  return hash;
}

}  // namespace

Profile::Profile(Hive& its_hive, std::size_t name_bytes) noexcept
    : hive(&its_hive), name_bytes_(static_cast<std::uint8_t>(name_bytes)) {}

// The block: the profile, its hash, its name, and of a name that is not ASCII alone the folded one
// with its length before it, because folding that takes memory, which comparing must not.
Profile& Profile::make(Hive& hive, const ProfileName& name, std::uint32_t hash) {
  const std::string& shown = name.shown();
  const std::string folded = is_ascii(shown) ? std::string() : name.folded();
  const std::size_t behind = folded.empty() ? 0 : 1 + folded.size();
  void* block = ::operator new(sizeof(Profile) + sizeof hash + shown.size() + behind);
  auto* profile = ::new (block) Profile(hive, shown.size());
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

void Profile::destroy(Profile& profile) noexcept {
  profile.~Profile();
  ::operator delete(static_cast<void*>(&profile));
}

std::string_view Profile::folded(std::span<char, kMostNameBytes> room) const {
  const std::string_view own = shown();
  if (upper_ascii(own, room.data())) {
    return {room.data(), own.size()};
  }
  const char* behind = own.data() + own.size();
  return {behind + 1, static_cast<std::uint8_t>(*behind)};
}

bool Profile::is_named(const ProfileName& name) const {
  std::array<char, kMostNameBytes> room;
  return shown() == name.shown() || folded(room) == name.folded();
}

std::uint32_t Profile::hash_of(const ProfileName& name, std::uint64_t seed) {
  return static_cast<std::uint32_t>(hash_of_bytes(name.folded(), seed));
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
