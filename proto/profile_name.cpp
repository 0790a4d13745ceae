// The rules behind profile_name.h.
#include "proto/profile_name.h"

#include <algorithm>
#include <utility>

#include "proto/plain_text.h"
#include "proto/text.h"
#include "proto/upper_case.h"

namespace profile_broker {
namespace {

bool is_control(char16_t unit) {
  return unit < 0x20 || (unit >= 0x7F && unit <= 0x9F);
}

}  // namespace

std::optional<ProfileName> ProfileName::of_plain(std::string_view text) {
  std::optional<ProfileName> name(std::in_place, ProfileName());
  if (text.empty() || text.size() > kMaxProfileNameUnits || text.front() == ' ' ||
      text.back() == ' ' || !copy_plain(name->plain_.data(), text)) {
    name.reset();
  } else {
    name->shown_bytes_ = static_cast<std::uint8_t>(text.size());
  }
  return name;
}

std::variant<ProfileName, Refusal> ProfileName::parse(std::string_view utf8) {
  if (auto plain = of_plain(utf8)) {
    return std::move(*plain);
  }
  auto units = utf16_from_utf8(utf8);
  if (!units) {
    return Refusal{Reason::bad_name, "the profile name is not well-formed UTF-8"};
  }
  if (units->empty()) {
    return Refusal{Reason::bad_name, "the profile name is empty"};
  }
  if (units->size() > kMaxProfileNameUnits) {
    return Refusal{Reason::name_too_long, "the profile name has " + std::to_string(units->size()) +
                                              " UTF-16 units; the limit is " +
                                              std::to_string(kMaxProfileNameUnits)};
  }
  if (std::any_of(units->begin(), units->end(), is_control)) {
    return Refusal{Reason::bad_name, "the profile name has a control character"};
  }
  if (units->find(u'\\') != std::u16string::npos) {
    return Refusal{Reason::bad_name, "the profile name has a backslash"};
  }
  if (units->front() == u' ' || units->back() == u' ') {
    return Refusal{Reason::bad_name, "the profile name begins or ends with a space"};
  }
  std::transform(units->begin(), units->end(), units->begin(), ordinal_upper);
  ProfileName name;
  name.shown_bytes_ = static_cast<std::uint8_t>(utf8.size());
  name.odd_ = std::make_unique<const std::string>(std::string(utf8) + *utf8_from_utf16(*units));
  return name;
}

std::string ProfileName::folded() const {
  if (odd_) {
    return std::string(folded_if_odd());
  }
  std::string upper(shown_bytes_, '\0');
  upper_ascii(shown(), upper.data());
  return upper;
}

bool ProfileName::is_same_as(const ProfileName& other) const {
  return shown() == other.shown() || folded() == other.folded();
}

ProfileName ProfileName::known(std::string_view shown) {
  return std::get<ProfileName>(parse(shown));
}

}  // namespace profile_broker
