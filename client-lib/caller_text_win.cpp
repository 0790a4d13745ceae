// Between the process's ANSI code page and UTF-8, behind caller_text.h.
#include "client-lib/caller_text.h"

#include "client-lib/wide_text_win.h"

namespace profile_broker::client {

std::optional<std::string> utf8_from_caller(const char* text) {
  const int length = MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, text, -1, nullptr, 0);
  if (length <= 0) {
    return std::nullopt;
  }
  std::wstring wide(static_cast<std::size_t>(length), L'\0');
  MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, text, -1, wide.data(), length);
  wide.pop_back();  // the ending null
  return utf8_from_wide(wide);
}

std::string caller_text_from_utf8(const std::string& text) {
  const auto wide = remover_text_from_utf8(text);
  std::string ansi(wide.size() * 4 + 1, '\0');
  const int length =
      WideCharToMultiByte(CP_ACP, 0, wide.data(), static_cast<int>(wide.size()), ansi.data(),
                          static_cast<int>(ansi.size()), nullptr, nullptr);
  ansi.resize(static_cast<std::size_t>(length > 0 ? length : 0));
  return ansi;
}

std::wstring remover_text_from_utf8(const std::string& text) {
  return wide_from_utf8(text).value_or(std::wstring());
}

}  // namespace profile_broker::client
