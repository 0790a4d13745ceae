// WriteConsoleW for a console, UTF-8 bytes for everything else (console.h). A console that knows no
// escape sequences (before Windows 10) counts as no terminal.
#include <windows.h>

#include <memory>

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

// Lets the console read escape sequences, and has its mode as it was when the last copy goes: other
// programs have the same console.
class EscapeSequences {
 public:
  EscapeSequences() {
    understood_ = GetConsoleMode(console_, &before_) &&
                  SetConsoleMode(console_, before_ | ENABLE_PROCESSED_OUTPUT |
                                               ENABLE_VIRTUAL_TERMINAL_PROCESSING);
  }
  ~EscapeSequences() {
    if (understood_) {
      SetConsoleMode(console_, before_);
    }
  }
  EscapeSequences(const EscapeSequences&) = delete;
  EscapeSequences& operator=(const EscapeSequences&) = delete;

  bool understood() const { return understood_; }

 private:
  HANDLE console_ = GetStdHandle(STD_OUTPUT_HANDLE);  // borrowed
  DWORD before_ = 0;
  bool understood_ = false;
};

ScreenSize window_size() {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (!GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info)) {
    return {};
  }
  const auto span = [](SHORT first, SHORT last) {
    return static_cast<std::size_t>(last > first ? last - first + 1 : 1);
  };
  return {span(info.srWindow.Left, info.srWindow.Right),
          span(info.srWindow.Top, info.srWindow.Bottom)};
}

bool colours_wanted() {
  return GetEnvironmentVariableW(L"NO_COLOR", nullptr, 0) <= 1;  // unset, or empty
}

}  // namespace

Console process_console() {
  const auto sequences = std::make_shared<EscapeSequences>();
  return {[sequences](std::string_view text) { write(STD_OUTPUT_HANDLE, text); },
          [](std::string_view text) { write(STD_ERROR_HANDLE, text); }, sequences->understood(),
          sequences->understood() && colours_wanted(), window_size};
}

}  // namespace profile_broker::client::cli
