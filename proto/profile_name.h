// Profile names: which are allowed, and which two are the same. The rules are the contract of
// IProfAdmin::CreateProfile (64 UTF-16 units, no leading or trailing space) and of the registry,
// where a profile is a subkey: no backslash, no control characters, compared by ordinal
// upper-casing. Does not know whether a profile exists.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "proto/error_codes.h"
#include "proto/limits.h"

namespace profile_broker {

class ProfileName {
 public:
  // A name in UTF-8 as a peer spelled it.
  static std::variant<ProfileName, Refusal> parse(std::string_view utf8);

  // One of plain ASCII (plain_text.h), as nearly all are; nothing when text is not that, or no
  // name.
  static std::optional<ProfileName> of_plain(std::string_view text);

  // The one with that spelling, which has been a name before.
  static ProfileName known(std::string_view shown);

  // As first spelled, UTF-8: for people, and for IProfAdmin. Lives as long as this does.
  std::string_view shown() const {
    return odd_.empty() ? std::string_view(plain_.data(), shown_bytes_)
                        : std::string_view(odd_).substr(0, shown_bytes_);
  }
  // What two spellings of one profile have in common, UTF-8: for comparing and hashing only.
  std::string folded() const;
  // Whether it is another spelling of the same profile, or the same one.
  bool is_same_as(const ProfileName& other) const;

  // Of a name that is not plain the folded one; empty when it is plain, and folds to its upper case
  // (upper_ascii). For who compares many and takes no memory.
  std::string_view folded_if_odd() const {
    return odd_.empty() ? std::string_view() : std::string_view(odd_).substr(shown_bytes_);
  }

 private:
  ProfileName() = default;

  std::array<char, kMaxProfileNameUnits> plain_;  // a plain one: no memory besides
  std::uint8_t shown_bytes_ = 0;
  std::string odd_;  // one that is not plain, and behind it the folded one
};

}  // namespace profile_broker
