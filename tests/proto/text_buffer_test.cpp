#include "proto/text_buffer.h"

#include <cstring>
#include <string>
#include <utility>

#include "tests/support/catch.h"

using namespace profile_broker;

TEST_CASE("Text that outgrows its room stays what it was, piece by piece") {
  TextBuffer text;
  std::string same;
  for (std::size_t piece = 0; piece < 300; ++piece) {
    const std::string bytes(piece, static_cast<char>('a' + piece % 26));
    text.append(bytes);
    same += bytes;
    REQUIRE(text.view() == same);
  }
}

TEST_CASE("Nothing is text before its end is told") {
  TextBuffer text;
  char* const at = text.room_for(5);
  std::memcpy(at, "12345", 5);
  CHECK(text.empty());
  text.ends_at(at + 3);
  CHECK(text.view() == "123");
  CHECK(text.end_of_room() - text.room_for(0) >= 2);
}

TEST_CASE("Text is dropped from either end and the rest stays") {
  TextBuffer text;
  text.append("0123456789");
  text.erase_front(3);
  CHECK(text.view() == "3456789");
  text.truncate(4);
  CHECK(text.view() == "3456");
  text.erase_front(4);
  CHECK(text.empty());
}

TEST_CASE("A buffer that was never written to is empty text, and may be cleared and exchanged") {
  TextBuffer text;
  CHECK(text.view().empty());
  text.clear();
  text.append("");
  CHECK(text.view().empty());
  TextBuffer other;
  other.append("other");
  text.swap(other);
  CHECK(text.view() == "other");
  CHECK(other.view().empty());
  TextBuffer moved(std::move(text));
  CHECK(moved.view() == "other");
}
