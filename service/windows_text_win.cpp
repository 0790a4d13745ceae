#include "service/windows_text_win.h"

#include <sddl.h>

#include "service/handle_win.h"

namespace profile_broker::service {

std::wstring wide_text(std::string_view utf8) {
  const int length = static_cast<int>(utf8.size());
  std::wstring wide(MultiByteToWideChar(CP_UTF8, 0, utf8.data(), length, nullptr, 0), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, utf8.data(), length, wide.data(), static_cast<int>(wide.size()));
  return wide;
}

std::string utf8_text(std::wstring_view wide) {
  const int length = static_cast<int>(wide.size());
  std::string utf8(
      WideCharToMultiByte(CP_UTF8, 0, wide.data(), length, nullptr, 0, nullptr, nullptr), '\0');
  WideCharToMultiByte(CP_UTF8, 0, wide.data(), length, utf8.data(), static_cast<int>(utf8.size()),
                      nullptr, nullptr);
  return utf8;
}

std::string sid_text(PSID sid) {
  wchar_t* text = nullptr;
  if (IsValidSid(sid) == FALSE || ConvertSidToStringSidW(sid, &text) == FALSE) {
    return {};
  }
  const LocalMemory owner(text);
  return utf8_text(text);
}

std::string windows_error_text(DWORD error) {
  wchar_t* message = nullptr;
  const DWORD length = FormatMessageW(
      FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
      nullptr, error, 0, reinterpret_cast<wchar_t*>(&message), 0, nullptr);
  const LocalMemory owner(message);
  std::wstring_view text(message == nullptr ? L"Windows error" : message,
                         message == nullptr ? 13 : length);
  while (!text.empty() && (text.back() == L'\r' || text.back() == L'\n' || text.back() == L' ' ||
                           text.back() == L'.')) {
    text.remove_suffix(1);
  }
  return utf8_text(text) + " (" + std::to_string(error) + ")";
}

}  // namespace profile_broker::service
