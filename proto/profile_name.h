// Profile names: which are allowed, and which two are the same. The rules are the contract of
// IProfAdmin::CreateProfile (64 UTF-16 units, no leading or trailing space) and of the registry,
// where a profile is a subkey: no backslash, no control characters, compared by ordinal
// upper-casing. Does not know whether a profile exists.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "proto/error_codes.h"
#include "proto/limits.h"

namespace profile_broker {

class ProfileName {
 public:
  ProfileName(ProfileName&&) noexcept = default;
  ProfileName& operator=(ProfileName&&) noexcept = default;
  ProfileName(const ProfileName& other)
      : plain_(other.plain_),
        shown_bytes_(other.shown_bytes_),
        odd_(other.odd_ ? std::make_unique<const std::string>(*other.odd_) : nullptr) {}
  ProfileName& operator=(const ProfileName& other) { return *this = ProfileName(other); }
  ~ProfileName() = default;

  // A name in UTF-8 as a peer spelled it.
  static std::variant<ProfileName, Refusal> parse(std::string_view utf8);

  // One of plain ASCII (plain_text.h), as nearly all are; nothing when text is not that, or no
  // name.
  static std::optional<ProfileName> of_plain(std::string_view text);

  // The one with that spelling, which has been a name before.
  static ProfileName known(std::string_view shown);

  // As first spelled, UTF-8: for people, and for IProfAdmin. Lives as long as this does.
  std::string_view shown() const { return {odd_ ? odd_->data() : plain_.data(), shown_bytes_}; }
  // What two spellings of one profile have in common, UTF-8: for comparing and hashing only.
  std::string folded() const;
  // Whether it is another spelling of the same profile, or the same one.
  bool is_same_as(const ProfileName& other) const;

  // Of a name that is not plain the folded one; empty when it is plain, and folds to its upper case
  // (upper_ascii). For who compares many and takes no memory.
  std::string_view folded_if_odd() const {
    return odd_ ? std::string_view(*odd_).substr(shown_bytes_) : std::string_view();
  }

 private:
  ProfileName() = default;

  std::array<char, kMaxProfileNameUnits> plain_;  // a plain one: no memory besides
  std::uint8_t shown_bytes_ = 0;
  // One that is not plain, and behind it the folded one: seldom there, so that a name is moved and
  // destroyed for the price of a pointer.
  std::unique_ptr<const std::string> odd_;
};

}  // namespace profile_broker
