// Between the UTF-8 of the wire and the UTF-16 of Windows, strictly: an unpaired surrogate has no
// other form. Windows only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/text.h"

namespace profile_broker::client {

static_assert(sizeof(wchar_t) == sizeof(char16_t));

inline std::optional<std::string> utf8_from_wide(std::wstring_view text) {
  return utf8_from_utf16({reinterpret_cast<const char16_t*>(text.data()), text.size()});
}

inline std::optional<std::wstring> wide_from_utf8(std::string_view text) {
  const auto units = utf16_from_utf8(text);
  if (!units) {
    return std::nullopt;
  }
  return std::wstring(units->begin(), units->end());
}

}  // namespace profile_broker::client
