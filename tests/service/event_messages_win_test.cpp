// The message file as it was built: what Event Viewer will show of every event.
#include <windows.h>

#include <string>

#include "service/log_event.h"
#include "service/windows_text_win.h"
#include "tests/support/catch.h"

using namespace profile_broker::service;

namespace {

constexpr DWORD kEnglish = 0x409;
constexpr DWORD kGerman = 0x407;

HMODULE message_file() {
  static const HMODULE module =
      LoadLibraryExW(L"mapi-profile-broker-events.dll", nullptr, LOAD_LIBRARY_AS_DATAFILE);
  return module;
}

DWORD number_of(const LogEventText<LogEventId>& text) {
  const DWORD severity = text.severity == Severity::info      ? 1
                         : text.severity == Severity::warning ? 2
                                                              : 3;
  return severity << 30 | static_cast<DWORD>(text.id);
}

// Empty when the file has no such message.
std::string message(DWORD number, DWORD language, const std::vector<std::wstring>& inserts) {
  std::vector<DWORD_PTR> arguments;
  for (const auto& insert : inserts) {
    arguments.push_back(reinterpret_cast<DWORD_PTR>(insert.c_str()));
  }
  arguments.push_back(0);
  std::wstring text(8'192, L'\0');
  text.resize(FormatMessageW(
      FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY, message_file(), number, language,
      text.data(), static_cast<DWORD>(text.size()), reinterpret_cast<va_list*>(arguments.data())));
  return utf8_text(text);
}

// With recognisable inserts, as many as the text has. Each ends with a full stop, which the console
// adds where an insert stands last; in the event log the line ends there.
LogEvent with_marks(LogEventId id) {
  LogEvent event{id, {}};
  for (std::size_t i = 1; i <= insert_count(id); ++i) {
    event.inserts.push_back("{" + std::to_string(i) + "}.");
  }
  return event;
}

std::string format(const LogEventText<LogEventId>& text, DWORD language) {
  std::vector<std::wstring> inserts;
  for (const auto& insert : with_marks(text.id).inserts) {
    inserts.push_back(wide_text(insert));
  }
  return message(number_of(text), language, inserts);
}

std::string on_one_line(std::string text) {
  for (auto end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n")) {
    text.replace(end, 2, end + 2 < text.size() ? " " : "");
  }
  return text;
}

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("the message file has every event in English, word for word as the console says it") {
  REQUIRE(message_file() != nullptr);
  for (const auto& text : kLogEventTexts) {
    CAPTURE(text.name);
    CHECK(on_one_line(format(text, kEnglish)) == sentence(with_marks(text.id)));
  }
}

TEST_CASE("the message file has every event in German, with the same inserts") {
  for (const auto& text : kLogEventTexts) {
    CAPTURE(text.name);
    const auto english = format(text, kEnglish);
    const auto german = format(text, kGerman);
    CHECK_FALSE(german.empty());
    CHECK(german != english);
    CHECK(occurrences(german, "\r\n") == 2);
    for (const auto& mark : with_marks(text.id).inserts) {
      CHECK(occurrences(german, mark) == occurrences(english, mark));
    }
  }
  CHECK(format(text_of(LogEventId::started), kGerman).find("gesch\xC3\xBCtzt") !=
        std::string::npos);
}

TEST_CASE("a reader of another language gets one of the two, and an unknown number nothing") {
  const DWORD of_the_system = 0;
  CHECK_FALSE(format(text_of(LogEventId::started), of_the_system).empty());
  CHECK(message(0x40000001, kEnglish, {}).empty());
}
