#include "service/log_event.h"

#include <set>

#include "tests/support/catch.h"

using namespace profile_broker::service;

TEST_CASE("an event's sentence is its text with everything inserted, and says what to do") {
  const auto event = log_event<LogEventId::recovered>(12u, 3, std::size_t{4}, 1);
  CHECK(sentence(event) ==
        "Recovered 12 references of 3 programs; 4 references of 1 programs that have ended "
        "meanwhile were dropped. Programs that hold profiles need not do anything. Nothing has to "
        "be done.");
}

TEST_CASE("a text that a program chose cannot look like another line or another insert") {
  const auto event = log_event<LogEventId::peer_refused>("S-1", 7, "a\nb%1.exe\x7f", "why");
  CHECK(sentence(event).find("process 7 (a?b%1.exe?), was refused: why.") != std::string::npos);
}

TEST_CASE("an insert that is missing leaves its place empty") {
  CHECK(sentence({LogEventId::journal_trouble, {}}).find("written:  Profiles") !=
        std::string::npos);
}

TEST_CASE("a reason that stands last ends its sentence") {
  CHECK(sentence(log_event<LogEventId::journal_trouble>("disk full"))
            .find("written: disk full. Profiles") != std::string::npos);
}

TEST_CASE("every event has an id of its own in a documented range, and both parts of its text") {
  std::set<LogEventId> ids;
  for (const auto& text : kLogEventTexts) {
    CAPTURE(text.name);
    CHECK(ids.insert(text.id).second);
    CHECK(static_cast<int>(text.id) >= 100);
    CHECK(static_cast<int>(text.id) <= 499);
    CHECK_FALSE(text.happened.empty());
    CHECK_FALSE(text.advice.empty());
    CHECK(&text_of(text.id) == &text);
  }
}
