// WriteConsoleW for a console, UTF-8 bytes for everything else (console.h).
#include <windows.h>

#include "client-lib/cli/console.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client::cli {
namespace {

void write(DWORD standard_handle, std::string_view text) {
  const HANDLE handle = GetStdHandle(standard_handle);  // borrowed
  DWORD mode = 0;
  DWORD written = 0;
  if (GetConsoleMode(handle, &mode)) {
    const auto wide = wide_from_utf8(text).value_or(L"?\n");
    WriteConsoleW(handle, wide.data(), static_cast<DWORD>(wide.size()), &written, nullptr);
    return;
  }
  while (!text.empty() &&
         WriteFile(handle, text.data(), static_cast<DWORD>(text.size()), &written, nullptr)) {
    text.remove_prefix(written);
  }
}

}  // namespace

Console process_console() {
  return {[](std::string_view text) { write(STD_OUTPUT_HANDLE, text); },
          [](std::string_view text) { write(STD_ERROR_HANDLE, text); }};
}

}  // namespace profile_broker::client::cli
