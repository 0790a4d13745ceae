// Profile names: which are allowed, and which two are the same. The rules are the contract of
// IProfAdmin::CreateProfile (64 UTF-16 units, no leading or trailing space) and of the registry,
// where a profile is a subkey: no backslash, no control characters, compared by ordinal
// upper-casing. Does not know whether a profile exists.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "proto/error_codes.h"

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

  // As first spelled, UTF-8: for people, and for IProfAdmin.
  const std::string& shown() const { return shown_; }
  // What two spellings of one profile have in common, UTF-8: for comparing and hashing only.
  const std::string& folded() const { return folded_; }

 private:
  ProfileName(std::string shown, std::string folded)
      : shown_(std::move(shown)), folded_(std::move(folded)) {}

  std::string shown_;
  std::string folded_;
};

}  // namespace profile_broker
