// What the reference table is made of: references, claims, profiles, processes and hives, linked
// with each other. Made for a million of them: a reference takes 80 bytes, a profile 32 and its
// name. Everybody but the table itself only reads them; pointers live until the next change.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "proto/limits.h"
#include "proto/profile_name.h"
#include "proto/timestamp.h"
#include "proto/uuid.h"
#include "service/block_store.h"
#include "service/client_identity.h"
#include "service/hash_index.h"

namespace profile_broker::service {

struct Hive;
struct Process;
class Profile;

namespace intrusive = boost::intrusive;
using Hook = intrusive::list_member_hook<>;

// When a reference was acquired and, of the few that have one, its label. In eight bytes: most are
// the time alone, with the lowest bit set; the others are the address of both.
class SinceAndLabel {
 public:
  SinceAndLabel() noexcept : SinceAndLabel(WallTime{}) {}
  explicit SinceAndLabel(WallTime since) noexcept
      : word_(static_cast<std::uint64_t>(since.time_since_epoch().count()) << 1 | 1) {}
  SinceAndLabel(WallTime since, const std::string& label) : SinceAndLabel(since) {
    if (!label.empty()) {
      word_ = reinterpret_cast<std::uintptr_t>(new Both{since, label});
    }
  }
  SinceAndLabel(SinceAndLabel&& other) noexcept
      : word_(std::exchange(other.word_, SinceAndLabel().word_)) {}
  SinceAndLabel& operator=(SinceAndLabel&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~SinceAndLabel() { delete both(); }

  WallTime since() const {
    const Both* const its = both();
    return its ? its->since : WallTime(WallTime::duration(static_cast<std::int64_t>(word_) >> 1));
  }
  std::string_view label() const {
    const Both* const its = both();
    return its ? std::string_view(its->label) : std::string_view();
  }

 private:
  struct Both {
    WallTime since;
    std::string label;
  };
  static_assert(alignof(Both) > 1);

  const Both* both() const {
    return (word_ & 1) != 0 ? nullptr
                            : reinterpret_cast<const Both*>(static_cast<std::uintptr_t>(word_));
  }

  std::uint64_t word_;
};

struct Reference {
  Uuid uuid;
  Process* process = nullptr;
  Profile* profile = nullptr;
  SinceAndLabel since_and_label;
  Hook in_process;
  Reference* before = nullptr;  // in a ring of the profile's references
  Reference* after = nullptr;
  Reference* next = nullptr;  // of its bucket

  WallTime since() const { return since_and_label.since(); }
  std::string_view label() const { return since_and_label.label(); }
};

struct Claim {
  std::string id;
  Process* process = nullptr;
  Profile* profile = nullptr;
  std::optional<Uuid> released;
  WallTime since{};
  Hook in_process;
  Hook in_hive;
};

// The references of a profile, in the order in which they were acquired.
class ReferencesOfProfile {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = const Reference;
    using difference_type = std::ptrdiff_t;
    using pointer = const Reference*;
    using reference = const Reference&;

    Iterator(const Reference* at, std::size_t left) : at_(at), left_(left) {}
    reference operator*() const { return *at_; }
    pointer operator->() const { return at_; }
    Iterator& operator++() {
      at_ = at_->after;
      --left_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return left_ == other.left_; }

   private:
    const Reference* at_;
    std::size_t left_;
  };

  ReferencesOfProfile(const Reference* first, std::size_t count) : first_(first), count_(count) {}
  Iterator begin() const { return {first_, count_}; }
  Iterator end() const { return {first_, 0}; }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const Reference& front() const { return *first_; }

 private:
  const Reference* first_;
  std::size_t count_;
};

// Lives in one block of memory with its name, and with its hash between the two: there the four
// bytes take no room as long as the name has 36 characters.
class Profile {
 public:
  // Of a name in UTF-8: a UTF-16 unit takes three at most.
  static constexpr std::size_t kMostNameBytes = 3 * kMaxProfileNameUnits;
  static_assert(kMostNameBytes <= UINT8_MAX);

  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  // In a block of memory, of a store that outlives it. hash: hash_of(name).
  static Profile& make(BlockStore& store, Hive& hive, const ProfileName& name, std::uint32_t hash);
  static void destroy(BlockStore& store, Profile& profile) noexcept;

  // As first spelled.
  std::string_view shown() const { return {behind() + sizeof(std::uint32_t), name_bytes_}; }
  ProfileName name() const { return ProfileName::known(shown()); }
  bool is_named(const ProfileName& name) const;
  // The same for all spellings of one name.
  static std::uint32_t hash_of(const ProfileName& name, std::uint64_t seed);
  std::uint32_t hash() const {
    std::uint32_t hash = 0;
    std::memcpy(&hash, behind(), sizeof hash);
    return hash;
  }

  // Written to room where it has to be made.
  std::string_view folded(std::span<char, kMostNameBytes> room) const;

  ReferencesOfProfile references() const { return {count_ == 0 ? nullptr : first_, count_}; }
  bool is_to_be_deleted() const { return temporary || deletion_deferred; }

  // Null when the profile is not claimed. Only one without references can be.
  const Claim* claim() const { return claimed_ ? claim_ : nullptr; }
  void set_claim(const Claim* claim) noexcept {
    claimed_ = claim != nullptr;
    if (claimed_) {
      claim_ = claim;
    } else {
      first_ = nullptr;
    }
  }

  void add(Reference& reference) noexcept;
  void remove(Reference& reference) noexcept;

  Hive* const hive;
  Profile* next = nullptr;  // of its bucket

 private:
  Profile(Hive& its_hive, std::size_t name_bytes, bool odd) noexcept;
  ~Profile() = default;

  std::size_t block_bytes() const;
  const char* behind() const { return reinterpret_cast<const char*>(this + 1); }

  union {
    Reference* first_ = nullptr;  // of the references; nobody uses a profile that is claimed
    const Claim* claim_;          // when it is claimed
  };
  std::uint32_t count_ = 0;

 public:
  bool temporary = false;
  bool deletion_deferred = false;

 private:
  bool claimed_ : 1 = false;
  bool odd_ : 1;  // its folded name stands behind it
  std::uint8_t name_bytes_;
};
static_assert(sizeof(void*) != 8 || (sizeof(Profile) == 32 && sizeof(Reference) == 80));

struct Process {
  Holder holder;
  Hive* hive = nullptr;
  Hook in_hive;
  intrusive::list<Reference, intrusive::member_hook<Reference, Hook, &Reference::in_process>>
      references;
  intrusive::list<Claim, intrusive::member_hook<Claim, Hook, &Claim::in_process>> claims;
};

// Profiles in their buckets.
struct ProfileLinks {
  static Profile*& next(Profile& profile) { return profile.next; }
  std::uint64_t hash(const Profile& profile) const { return profile.hash(); }
};

struct Hive {
  std::string id;
  HashIndex<Profile, ProfileLinks> profiles;
  std::size_t references = 0;
  std::size_t to_be_deleted = 0;  // profiles
  intrusive::list<Process, intrusive::member_hook<Process, Hook, &Process::in_hive>> processes;
  intrusive::list<Claim, intrusive::member_hook<Claim, Hook, &Claim::in_hive>>
      claims;  // in the order in which they were granted
};

}  // namespace profile_broker::service
