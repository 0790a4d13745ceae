// The text form behind journal_record.h.
#include "service/journal_record.h"

#include <boost/crc.hpp>
#include <charconv>
#include <cstdio>
#include <stdexcept>

#include "proto/json_reader.h"

namespace profile_broker::service {
namespace {

constexpr std::string_view kChecksumPrefix = R"({"crc":")";
constexpr std::size_t kChecksumDigits = 8;
constexpr std::string_view kChecksumSuffix = R"(",)";
constexpr std::size_t kCoveredFrom =
    kChecksumPrefix.size() + kChecksumDigits + kChecksumSuffix.size();

std::string checksum_text(std::string_view covered) {
  boost::crc_32_type crc;
  crc.process_bytes(covered.data(), covered.size());
  char text[kChecksumDigits + 1];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(crc.checksum()));
  return text;
}

OrderedJson json_of(const ProcessKey& process) {
  return OrderedJson::array({process.pid, process.created});
}

struct Writer {
  OrderedJson operator()(const Change& change) const { return std::visit(*this, change); }
  OrderedJson operator()(const change::ProcessSeen& c) const {
    return {{"op", "processSeen"},
            {"process", json_of(c.holder.key)},
            {"hive", c.holder.hive},
            {"session", c.holder.session},
            {"image", c.holder.image}};
  }
  OrderedJson operator()(const change::ProcessEnded& c) const {
    return {{"op", "processEnded"}, {"process", json_of(c.process)}};
  }
  OrderedJson operator()(const change::Acquired& c) const {
    return {{"op", "acquired"},
            {"reference", c.reference},
            {"process", json_of(c.process)},
            {"profile", c.profile.shown()},
            {"temporary", c.temporary},
            {"since", timestamp_text(c.since)},
            {"label", c.label}};
  }
  OrderedJson operator()(const change::Released& c) const {
    return {{"op", "released"}, {"reference", c.reference}};
  }
  OrderedJson operator()(const change::MadeTemporary& c) const {
    return of_profile("temporary", c.hive, c.profile);
  }
  OrderedJson operator()(const change::Deferred& c) const {
    return of_profile("deferred", c.hive, c.profile);
  }
  OrderedJson operator()(const change::Undeleted& c) const {
    return of_profile("undeleted", c.hive, c.profile);
  }
  OrderedJson operator()(const change::Claimed& c) const {
    return {{"op", "claimed"},
            {"claim", c.claim},
            {"process", json_of(c.process)},
            {"profile", c.profile.shown()},
            {"released", c.released_reference},
            {"since", timestamp_text(c.since)}};
  }
  OrderedJson operator()(const change::Finished& c) const {
    return {{"op", "finished"}, {"claim", c.claim}, {"removed", c.removed}};
  }
  OrderedJson operator()(const JournalOpened& r) const {
    return {{"op", "opened"},         {"format", r.format}, {"version", r.version},
            {"instance", r.instance}, {"boot", r.boot},     {"time", timestamp_text(r.time)}};
  }
  OrderedJson operator()(const JournalClosed& r) const {
    return {{"op", "closed"}, {"time", timestamp_text(r.time)}};
  }

 private:
  static OrderedJson of_profile(std::string_view op, const std::string& hive,
                                const ProfileName& profile) {
    return {{"op", op}, {"hive", hive}, {"profile", profile.shown()}};
  }
};

std::string text(const Json& json, const char* name) {
  return json.at(name).get<std::string>();
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
       return change::Acquired{text(j, "reference"), process(j),
                               profile(j),           j.at("temporary").get<bool>(),
                               time_of(j, "since"),  text(j, "label")};
     }},
    {"released",
     [](const Json& j) -> JournalRecord { return change::Released{text(j, "reference")}; }},
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
       return change::Claimed{text(j, "claim"), process(j), profile(j), text(j, "released"),
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

bool checksum_holds(std::string_view line) {
  return line.size() > kCoveredFrom && line.starts_with(kChecksumPrefix) &&
         line.substr(kChecksumPrefix.size(), kChecksumDigits) ==
             checksum_text(line.substr(kCoveredFrom));
}

}  // namespace

std::string journal_line(std::uint64_t number, const JournalRecord& record) {
  OrderedJson json = {{"n", number}};
  json.update(std::visit(Writer{}, record));
  const std::string body = json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  const auto covered = std::string_view(body).substr(1);
  std::string line;
  line.append(kChecksumPrefix)
      .append(checksum_text(covered))
      .append(kChecksumSuffix)
      .append(covered)
      .push_back('\n');
  return line;
}

std::optional<NumberedRecord> read_journal_line(std::string_view line) {
  if (!checksum_holds(line)) {
    return std::nullopt;
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
