// The text form behind journal_record.h.
#include "service/journal_record.h"

#include <cstring>
#include <stdexcept>

#include "proto/json_reader.h"
#include "proto/json_writer.h"
#include "proto/plain_json.h"
#include "proto/plain_text.h"
#include "service/checksum.h"

namespace profile_broker::service {
namespace {

constexpr std::string_view kChecksumPrefix = R"({"crc":")";
constexpr std::size_t kChecksumDigits = 8;
constexpr std::string_view kChecksumSuffix = R"(",)";
constexpr std::size_t kCoveredFrom =
    kChecksumPrefix.size() + kChecksumDigits + kChecksumSuffix.size();

// Into kChecksumDigits characters at out: its half bytes to a byte each, the first one to the
// lowest byte, and all digits at once.
void put_checksum(char* out, std::string_view covered) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t word = crc32(covered);
  word = (word & 0xFFFF) << 32 | word >> 16;
  word = (word & 0x000000FF000000FF) << 16 | (word >> 8 & 0x000000FF000000FF);
  word = (word & 0x000F000F000F000F) << 8 | (word >> 4 & 0x000F000F000F000F);
  const std::uint64_t letters = (word + 6 * kOnes) >> 4 & kOnes;
  word = in_memory_order(word + '0' * kOnes + letters * ('a' - '0' - 10));
  static_assert(sizeof word == kChecksumDigits);
  std::memcpy(out, &word, sizeof word);
}

// The members of each record behind its number. Those that are written thousands of times a second
// are in larger pieces.
struct Writer {
  JsonWriter& json;

  void operator()(const Change& change) const { std::visit(*this, change); }
  void operator()(const change::ProcessSeen& c) const {
    json.member("op", "processSeen");
    process(c.holder.key);
    json.member("hive", c.holder.hive)
        .member("session", c.holder.session)
        .member("image", c.holder.image);
  }
  void operator()(const change::ProcessEnded& c) const {
    json.member("op", "processEnded");
    process(c.process);
  }
  void operator()(const change::Acquired& c) const {
    json.write(R"(,"op":"acquired","reference":)", c.reference, R"(,"process":[)", c.process.pid,
               ",", c.process.created, R"(],"profile":)", c.profile.shown(), R"(,"temporary":)",
               c.temporary, R"(,"since":)", c.since, R"(,"label":)", c.label);
  }
  void operator()(const change::Released& c) const {
    json.write(R"(,"op":"released","reference":)", c.reference);
  }
  void operator()(const change::MadeTemporary& c) const {
    of_profile("temporary", c.hive, c.profile);
  }
  void operator()(const change::Deferred& c) const { of_profile("deferred", c.hive, c.profile); }
  void operator()(const change::Undeleted& c) const { of_profile("undeleted", c.hive, c.profile); }
  void operator()(const change::Claimed& c) const {
    json.member("op", "claimed").member("claim", c.claim);
    process(c.process);
    json.member("profile", c.profile.shown()).key("released");
    c.released ? json.value(*c.released) : json.value("");
    json.member("since", c.since);
  }
  void operator()(const change::Finished& c) const {
    json.member("op", "finished").member("claim", c.claim).member("removed", c.removed);
  }
  void operator()(const JournalOpened& c) const {
    json.member("op", "opened")
        .member("format", c.format)
        .member("version", c.version)
        .member("instance", c.instance)
        .member("boot", c.boot)
        .member("time", c.time);
  }
  void operator()(const JournalClosed& c) const {
    json.member("op", "closed").member("time", c.time);
  }

 private:
  void process(const ProcessKey& key) const {
    json.write(R"(,"process":[)", key.pid, ",", key.created, "]");
  }
  void of_profile(std::string_view op, const std::string& hive, const ProfileName& profile) const {
    json.member("op", op).member("hive", hive).member("profile", profile.shown());
  }
};

template <typename Record>
void append_line(TextBuffer& out, std::uint64_t number, const Record& record) {
  const std::size_t begun = out.size();
  {
    JsonWriter json(out);
    json.write(R"({"crc":"00000000","n":)", number);
    Writer{json}(record);
    json.write("}\n");
  }
  const auto covered = out.view().substr(begun + kCoveredFrom);
  put_checksum(out.data() + begun + kChecksumPrefix.size(), covered.substr(0, covered.size() - 1));
}

std::string text(const Json& json, const char* name) {
  return json.at(name).get<std::string>();
}

Uuid reference(const Json& json, const char* name) {
  const auto uuid = uuid_from_text(text(json, name));
  if (!uuid) {
    throw std::invalid_argument(name);
  }
  return *uuid;
}

ProfileName profile(const Json& json) {
  auto parsed = ProfileName::parse(text(json, "profile"));
  if (auto* name = std::get_if<ProfileName>(&parsed)) {
    return std::move(*name);
  }
  throw std::invalid_argument("profile");
}

ProcessKey process(const Json& json) {
  const auto& key = json.at("process");
  return {whole_number<std::uint32_t>(key.at(0)), whole_number<std::uint64_t>(key.at(1))};
}

WallTime time_of(const Json& json, const char* name) {
  return timestamp_from_text(text(json, name)).value_or(WallTime{});
}

template <typename C>
Change of_profile(const Json& json) {
  return C{text(json, "hive"), profile(json)};
}

struct Reader {
  std::string_view op;
  JournalRecord (*read)(const Json&);
};

constexpr Reader kReaders[] = {
    {"acquired",
     [](const Json& j) -> JournalRecord {
       return change::Acquired{
           reference(j, "reference"),     process(j),          profile(j),
           j.at("temporary").get<bool>(), time_of(j, "since"), text(j, "label")};
     }},
    {"released",
     [](const Json& j) -> JournalRecord { return change::Released{reference(j, "reference")}; }},
    {"processSeen",
     [](const Json& j) -> JournalRecord {
       return change::ProcessSeen{Holder{process(j), text(j, "hive"),
                                         whole_number<std::uint32_t>(j.at("session")),
                                         text(j, "image")}};
     }},
    {"processEnded",
     [](const Json& j) -> JournalRecord { return change::ProcessEnded{process(j)}; }},
    {"temporary",
     [](const Json& j) -> JournalRecord { return of_profile<change::MadeTemporary>(j); }},
    {"deferred", [](const Json& j) -> JournalRecord { return of_profile<change::Deferred>(j); }},
    {"undeleted", [](const Json& j) -> JournalRecord { return of_profile<change::Undeleted>(j); }},
    {"claimed",
     [](const Json& j) -> JournalRecord {
       // A claim of a service that did not write its time yet is as old as can be.
       return change::Claimed{text(j, "claim"), process(j), profile(j),
                              uuid_from_text(text(j, "released")),
                              j.contains("since") ? time_of(j, "since") : WallTime{}};
     }},
    {"finished",
     [](const Json& j) -> JournalRecord {
       return change::Finished{text(j, "claim"), j.at("removed").get<bool>()};
     }},
    {"opened",
     [](const Json& j) -> JournalRecord {
       return JournalOpened{whole_number<int>(j.at("format")), text(j, "version"),
                            text(j, "instance"), text(j, "boot"), time_of(j, "time")};
     }},
    {"closed", [](const Json& j) -> JournalRecord { return JournalClosed{time_of(j, "time")}; }},
};

// The lines of which a journal has a million, as this service writes them: plain, their members in
// their order. Whatever is not like that is for the reader that knows all of JSON.
class QuickReader {
 public:
  explicit QuickReader(std::string_view line) : json_(line) {
    json_.expect('{');
    named(R"("crc")");
    json_.string();
  }

  std::optional<NumberedRecord> read() {
    NumberedRecord read;
    next(R"("n")");
    read.number = json_.number();
    const auto op = unchecked(R"("op")");
    auto record = is_literal(op, "acquired")      ? acquired()
                  : is_literal(op, "released")    ? released()
                  : is_literal(op, "processSeen") ? process_seen()
                                                  : std::nullopt;
    json_.expect('}');
    if (!record || json_.failed() || !json_.at_end() || read.number > kMaxRecordNumber) {
      return std::nullopt;
    }
    read.record = *std::move(record);
    return read;
  }

 private:
  // Names stand in their quotes.
  template <std::size_t kSize>
  void named(const char (&name)[kSize]) {
    if (!json_.take_name(name)) {
      json_.fail();
    }
  }
  template <std::size_t kSize>
  void next(const char (&name)[kSize]) {
    json_.expect(',');
    named(name);
  }
  template <std::size_t kSize>
  std::string_view text(const char (&name)[kSize]) {
    next(name);
    return json_.string();
  }
  // For somebody who takes nothing but plain text.
  template <std::size_t kSize>
  std::string_view unchecked(const char (&name)[kSize]) {
    next(name);
    return json_.unchecked_string();
  }
  std::uint32_t number32() {
    const std::uint64_t number = json_.number();
    if (number > UINT32_MAX) {
      json_.fail();
    }
    return static_cast<std::uint32_t>(number);
  }
  ProcessKey process() {
    next(R"("process")");
    json_.expect('[');
    ProcessKey key;
    key.pid = number32();
    json_.expect(',');
    key.created = json_.number();
    json_.expect(']');
    return key;
  }

  std::optional<Change> acquired() {
    const auto reference = uuid_from_text(unchecked(R"("reference")"));
    const ProcessKey key = process();
    auto name = ProfileName::of_plain(unchecked(R"("profile")"));
    next(R"("temporary")");
    const bool temporary = json_.boolean();
    const auto since = timestamp_from_text(unchecked(R"("since")"));
    const auto label = text(R"("label")");
    if (json_.failed() || !reference || !name || !since) {
      return std::nullopt;
    }
    return change::Acquired{*reference, key,    *std::move(name),
                            temporary,  *since, std::string(label)};
  }
  std::optional<Change> released() {
    const auto reference = uuid_from_text(unchecked(R"("reference")"));
    return reference ? std::optional<Change>(change::Released{*reference}) : std::nullopt;
  }
  std::optional<Change> process_seen() {
    Holder holder;
    holder.key = process();
    holder.hive = text(R"("hive")");
    next(R"("session")");
    holder.session = number32();
    holder.image = text(R"("image")");
    return change::ProcessSeen{std::move(holder)};
  }

  PlainJson json_;
};

bool checksum_holds(std::string_view line) {
  char holds[kChecksumDigits];
  if (line.size() <= kCoveredFrom || !line.starts_with(kChecksumPrefix)) {
    return false;
  }
  put_checksum(holds, line.substr(kCoveredFrom));
  return line.substr(kChecksumPrefix.size(), kChecksumDigits) ==
         std::string_view(holds, kChecksumDigits);
}

}  // namespace

void append_journal_line(TextBuffer& out, std::uint64_t number, const Change& change) {
  append_line(out, number, change);
}
void append_journal_line(TextBuffer& out, std::uint64_t number, const JournalOpened& opened) {
  append_line(out, number, opened);
}
void append_journal_line(TextBuffer& out, std::uint64_t number, const JournalClosed& closed) {
  append_line(out, number, closed);
}

std::optional<NumberedRecord> read_journal_line(std::string_view line) {
  if (!checksum_holds(line)) {
    return std::nullopt;
  }
  if (auto quick = QuickReader(line).read()) {
    return quick;
  }
  const auto read = read_json(line);
  const Json* json = std::get_if<Json>(&read);
  if (!json) {
    return std::nullopt;
  }
  try {
    const auto op = text(*json, "op");
    for (const auto& reader : kReaders) {
      if (reader.op == op) {
        NumberedRecord record{whole_number<std::uint64_t>(json->at("n")), reader.read(*json)};
        return record.number > kMaxRecordNumber ? std::nullopt : std::optional(std::move(record));
      }
    }
  } catch (
      const std::exception&) {  // a member is missing or of another type: written by something else
  }
  return std::nullopt;
}

}  // namespace profile_broker::service
