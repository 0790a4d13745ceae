#include "service/journal_record.h"

#include <cstdio>

#include "service/checksum.h"

#include "tests/service/journal_line.h"
#include "tests/service/terminal_server.h"

using namespace profile_broker;
using namespace profile_broker::service;

namespace {

std::vector<JournalRecord> one_of_each() {
  const ProcessKey process{42, 13'370'000'000'000'000'001ULL};
  const auto name = profile_name("Sales \"Ä\" 1/2");
  return {
      JournalOpened{1, "1.0", numbered_uuid_text(1), "boot",
                    WallTime(std::chrono::milliseconds(5))},
      Change(change::ProcessSeen{{process, "S-1-5-18", 3, "OUTLOOK.EXE"}}),
      Change(change::Acquired{numbered_uuid(2), process, name, true,
                              WallTime(std::chrono::milliseconds(7)), "label"}),
      Change(change::Released{numbered_uuid(2)}),
      Change(change::MadeTemporary{"S-1-5-18", name}),
      Change(change::Deferred{"S-1-5-18", name}),
      Change(change::Undeleted{"S-1-5-18", name}),
      Change(change::Claimed{numbered_uuid_text(3), process, name, numbered_uuid(2),
                             WallTime(std::chrono::milliseconds(1234))}),
      Change(change::Finished{numbered_uuid_text(3), true}),
      Change(change::ProcessEnded{process}),
      JournalClosed{WallTime(std::chrono::milliseconds(9))},
  };
}

}  // namespace

TEST_CASE("every record goes to its line and back") {
  std::uint64_t number = 0;
  for (const auto& record : one_of_each()) {
    auto line = journal_line(++number, record);
    REQUIRE(line.back() == '\n');
    CHECK(line.find('\n') == line.size() - 1);
    line.pop_back();
    CAPTURE(line);
    const auto read = read_journal_line(line);
    REQUIRE(read);
    CHECK(read->number == number);
    CHECK(journal_line(number, read->record) == line + "\n");
  }
}

TEST_CASE("a line is read alike whether its members stand in their order or not") {
  // Only those in their order are read quickly.
  const auto read_with = [](std::string_view members) {
    std::string line = R"({"crc":"00000000",)" + std::string(members) + "}";
    const auto checksum = crc32(std::string_view(line).substr(18));
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(checksum));
    line.replace(8, 8, digits);
    return read_journal_line(line);
  };
  const auto quick = read_with(
      R"("n":3,"op":"acquired","reference":"6f9619ff-8b86-d011-b42d-00c04fc964ff","process":[42,7],"profile":"Sales","temporary":true,"since":"2026-01-31T08:15:00.123Z","label":"l")");
  const auto full = read_with(
      R"("label":"l","since":"2026-01-31T08:15:00.123Z","temporary":true,"profile":"S\u0061les","process":[42,7],"reference":"6f9619ff-8b86-d011-b42d-00c04fc964ff","op":"acquired","n":3)");
  REQUIRE(quick);
  REQUIRE(full);
  CHECK(quick->number == 3);
  CHECK(journal_line(quick->number, quick->record) == journal_line(full->number, full->record));
  CHECK_FALSE(read_with(R"("n":3,"op":"released","reference":"nonsense")"));
  CHECK_FALSE(read_with(R"("reference":"nonsense","op":"released","n":3)"));
  CHECK_FALSE(read_with(
      R"("n":3,"op":"processSeen","process":[4294967338,7],"hive":"S-1","session":1,"image":"a")"));
  CHECK_FALSE(read_with(
      R"("n":3,"op":"processSeen","process":[42,18446744073709551616],"hive":"S-1","session":1,"image":"a")"));
  CHECK_FALSE(read_with(
      R"("n":3,"op":"processSeen","process":[42,7],"hive":"S-1","session":-1,"image":"a")"));
  CHECK_FALSE(read_with(
      R"("n":3,"op":"acquired","reference":"6f9619ff-8b86-d011-b42d-00c04fc964ff","process":[42,7],"profile":" x","temporary":true,"since":"2026-01-31T08:15:00.123Z","label":"l")"));
}

TEST_CASE("a line with any bit flipped, or cut anywhere, is no record") {
  for (const auto& record : one_of_each()) {
    auto line = journal_line(7, record);
    line.pop_back();
    for (std::size_t at = 0; at < line.size(); ++at) {
      REQUIRE_FALSE(read_journal_line(std::string_view(line).substr(0, at)));
      for (int bit = 0; bit < 8; ++bit) {
        auto damaged = line;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
        REQUIRE_FALSE(read_journal_line(damaged));
      }
    }
  }
}

TEST_CASE("a claim that was written without its time is read as one of the beginning of time") {
  // As version 0.1.0 wrote it before claims had an age.
  const auto read = read_journal_line(
      R"({"crc":"80f814fe","n":7,"op":"claimed","claim":"c","process":[42,1],"profile":"Sales","released":""})");
  REQUIRE(read);
  const auto& change = std::get<Change>(read->record);
  CHECK(std::get<change::Claimed>(change).since == WallTime{});
}

TEST_CASE("a number that no journal reaches makes no record") {
  const auto read_back = [](std::uint64_t number) {
    auto line = journal_line(number, JournalClosed{});
    line.pop_back();
    return read_journal_line(line);
  };
  CHECK(read_back(kMaxRecordNumber).value().number == kMaxRecordNumber);
  CHECK_FALSE(read_back(kMaxRecordNumber + 1));
  CHECK_FALSE(read_back(0xFFFF'FFFF'FFFF'FFFF));
}

TEST_CASE("lines of another program are no records") {
  for (const auto* line : {"", "{}", R"({"crc":"00000000","n":1})", "nonsense"}) {
    CHECK_FALSE(read_journal_line(line));
  }
}
