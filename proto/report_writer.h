// How a profile's report is written into an answer, for who has one (quick_result.h) and for who
// reads its pieces where they are kept, without making one first. The members and their order are
// the protocol's (profile/query, profile/list).
#pragma once

#include <cstdint>
#include <string_view>

#include "proto/json_writer.h"
#include "proto/timestamp.h"

namespace profile_broker {

// What stands before the holders.
struct ReportedUse {
  std::string_view profile;
  std::uint32_t references = 0;
  bool temporary = false;
  bool deletion_deferred = false;
  bool being_removed = false;
};

// A holder but for its label, and the whole of a remover.
struct ReportedProcess {
  std::uint32_t process = 0;
  std::uint32_t session = 0;
  std::string_view image;
  WallTime since{};
};

template <typename... Rest>
void write_process(JsonWriter& json, const ReportedProcess& who, const Rest&... rest) {
  json.write(R"({"process":)", who.process, R"(,"session":)", who.session, R"(,"image":)",
             who.image, R"(,"since":)", who.since, rest...);
}

// Into an object that is open. each_holder(write) calls write(process, label) for each of the
// holders; remover(write) calls write(process) once, or not at all.
template <typename EachHolder, typename Remover>
void write_report(JsonWriter& json, const ReportedUse& use, EachHolder each_holder,
                  Remover remover) {
  json.key("profile").write(use.profile, R"(,"inUse":)", use.references > 0, R"(,"references":)",
                            use.references, R"(,"temporary":)", use.temporary,
                            R"(,"deletionDeferred":)", use.deletion_deferred, R"(,"beingRemoved":)",
                            use.being_removed, R"(,"holders":)");
  json.begin_array();
  each_holder([&](const ReportedProcess& who, std::string_view label) {
    write_process(json.element(), who, R"(,"label":)", label, "}");
  });
  json.write(R"(],"remover":)");
  bool written = false;
  remover([&](const ReportedProcess& who) {
    write_process(json, who, "}");
    written = true;
  });
  if (!written) {
    json.null();
  }
}

}  // namespace profile_broker
