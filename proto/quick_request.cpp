// The pull scanner behind quick_request.h.
#include "proto/quick_request.h"

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "proto/limits.h"
#include "proto/plain_json.h"
#include "proto/plain_text.h"
#include "proto/uuid.h"

namespace profile_broker {
namespace {

// The members that an object may have, as bits.
using Members = std::uint32_t;

// Puts what read() gives into its place; a member that comes twice has failed.
template <typename T, typename Read>
void once(PlainJson& scanner, Members& seen, Members member, T& place, Read read) {
  if ((seen & member) != 0) {
    scanner.fail();
  } else {
    seen |= member;
    place = read();
  }
}

// What the members of params said.
struct Params {
  static constexpr Members kProfile = 1;
  static constexpr Members kReference = 2;
  static constexpr Members kTemporary = 4;
  static constexpr Members kLabel = 8;
  static constexpr Members kProfiles = 16;
  static constexpr Members kClient = 32;
  static constexpr Members kProtocol = 64;

  Members seen = 0;
  std::string_view profile;
  Uuid reference;
  bool temporary = false;
  std::string_view label;
  std::vector<ProfileName> profiles;
  std::string_view client;
  std::uint64_t protocol = 0;

  bool has(Members member) const { return (seen & member) != 0; }
  // Whether they are those that a method needs, and none that it does not know.
  bool are(Members needed, Members possible = 0) const {
    return (seen & needed) == needed && (seen & ~(needed | possible)) == 0;
  }
};

std::vector<ProfileName> read_names(PlainJson& scanner) {
  std::vector<ProfileName> names;
  scanner.array([&] {
    if (auto name = ProfileName::of_plain(scanner.unchecked_string())) {
      names.push_back(std::move(*name));
    } else {
      scanner.fail();
    }
  });
  return names;
}

// A program's name, or an object that has it: {"name": "...", "version": "..."}.
std::string_view read_client(PlainJson& scanner) {
  constexpr Members kName = 1;
  constexpr Members kVersion = 2;
  Members seen = 0;
  std::string_view name;
  std::string_view version;
  const auto text = [&] { return scanner.string(); };
  if (!scanner.begins_object()) {
    name = text();
  } else {
    scanner.object([&] {
      if (scanner.take_name(R"("name")")) {
        once(scanner, seen, kName, name, text);
      } else if (scanner.take_name(R"("version")")) {
        once(scanner, seen, kVersion, version, text);
      } else {
        scanner.fail();
      }
    });
  }
  if (name.size() > kMaxLabelCharacters || version.size() > kMaxLabelCharacters) {
    scanner.fail();
  }
  return name;
}

void read_params(PlainJson& scanner, Params& params) {
  const auto is = [&](Members member, auto& place, auto read) {
    once(scanner, params.seen, member, place, read);
  };
  scanner.object([&] {
    if (scanner.take_name(R"("profile")")) {
      is(Params::kProfile, params.profile, [&] { return scanner.unchecked_string(); });
    } else if (scanner.take_name(R"("reference")")) {
      is(Params::kReference, params.reference, [&] { return scanner.uuid(); });
    } else if (scanner.take_name(R"("temporary")")) {
      is(Params::kTemporary, params.temporary, [&] { return scanner.boolean(); });
    } else if (scanner.take_name(R"("label")")) {
      is(Params::kLabel, params.label, [&] { return scanner.string(); });
    } else if (scanner.take_name(R"("profiles")")) {
      is(Params::kProfiles, params.profiles, [&] { return read_names(scanner); });
    } else if (scanner.take_name(R"("client")")) {
      is(Params::kClient, params.client, [&] { return read_client(scanner); });
    } else if (scanner.take_name(R"("protocol")")) {
      is(Params::kProtocol, params.protocol, [&] { return scanner.number(); });
    } else {
      scanner.fail();
    }
  });
}

enum class Method { acquire, release, query, sweep, hello };

Method read_method(PlainJson& scanner) {
  if (scanner.take_string(R"("reference/acquire")")) {
    return Method::acquire;
  }
  if (scanner.take_string(R"("reference/release")")) {
    return Method::release;
  }
  if (scanner.take_string(R"("profile/query")")) {
    return Method::query;
  }
  if (scanner.take_string(R"("profile/sweep")")) {
    return Method::sweep;
  }
  if (!scanner.take_string(R"("broker/hello")")) {
    scanner.fail();
  }
  return Method::hello;
}

// What a request has said, as a value; nothing when it is not to be read quickly.
using Read = std::optional<QuickRequest>;

template <typename C>
Read request(std::string_view id, C&& call) {
  return Read(std::in_place, id, std::forward<C>(call));
}

Read acquire(std::string_view id, std::string_view profile, const std::optional<Uuid>& reference,
             bool temporary, std::string_view label) {
  auto name = ProfileName::of_plain(profile);
  if (!name || label.size() > kMaxLabelCharacters) {
    return std::nullopt;
  }
  call::Acquire call{std::move(*name), reference, temporary, {}};
  if (!label.empty()) {
    call.label = label;
  }
  return request(id, std::move(call));
}

Read query(std::string_view id, std::string_view profile) {
  auto name = ProfileName::of_plain(profile);
  return name ? request(id, call::Query{std::move(*name), std::nullopt}) : std::nullopt;
}

Read hello(std::string_view id, const Params& params) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (params.protocol > kMost) {
    return std::nullopt;
  }
  const auto protocol =
      params.has(Params::kProtocol) ? std::optional<std::int64_t>(params.protocol) : std::nullopt;
  return request(id, call::Hello{protocol, std::string(params.client)});
}

Read request_of(std::string_view id, Method method, Params& params) {
  switch (method) {
    case Method::acquire:
      if (params.are(Params::kProfile, Params::kReference | Params::kTemporary | Params::kLabel)) {
        return acquire(
            id, params.profile,
            params.has(Params::kReference) ? std::optional(params.reference) : std::nullopt,
            params.temporary, params.label);
      }
      break;
    case Method::release:
      if (params.are(Params::kReference)) {
        return request(id, call::Release{params.reference});
      }
      break;
    case Method::query:
      if (params.are(Params::kProfile)) {
        return query(id, params.profile);
      }
      break;
    case Method::sweep:
      if (params.are(0, Params::kProfiles)) {
        return request(id, call::Sweep{std::move(params.profiles)});
      }
      break;
    case Method::hello:
      if (params.are(0, Params::kClient | Params::kProtocol)) {
        return hello(id, params);
      }
      break;
  }
  return std::nullopt;
}

// Members in any order, with blanks or without.
Read read_members(PlainJson scanner) {
  constexpr Members kVersion = 1;
  constexpr Members kId = 2;
  constexpr Members kMethod = 4;
  constexpr Members kParams = 8;
  Members seen = 0;
  bool version = false;
  std::string_view id;
  Method method{};
  Params params;
  scanner.object([&] {
    if (scanner.take_name(R"("jsonrpc")")) {
      once(scanner, seen, kVersion, version, [&] { return scanner.take_string(R"("2.0")"); });
    } else if (scanner.take_name(R"("id")")) {
      once(scanner, seen, kId, id, [&] { return scanner.id(); });
    } else if (scanner.take_name(R"("method")")) {
      once(scanner, seen, kMethod, method, [&] { return read_method(scanner); });
    } else if ((seen & kParams) == 0 && scanner.take_name(R"("params")")) {
      seen |= kParams;
      read_params(scanner, params);
    } else {
      scanner.fail();
    }
  });
  const bool all = seen == (kVersion | kId | kMethod | kParams);
  return !scanner.failed() && scanner.at_end() && all && version ? request_of(id, method, params)
                                                                 : std::nullopt;
}

}  // namespace

// First as nearly every client writes it, and ours: without blanks, the members in this order. Then
// most of it is known beforehand and compared in large pieces.
std::optional<QuickRequest> read_quickly(std::string_view content) {
  PlainJson scanner(content);
  if (!scanner.take_piece(R"({"jsonrpc":"2.0","id":)")) {
    return read_members(scanner);
  }
  const auto id = scanner.id();
  const auto ends = [&] {
    return scanner.take_piece("}}") && scanner.at_end() && !scanner.failed();
  };
  if (scanner.take_piece(R"(,"method":"reference/acquire","params":{"profile":)")) {
    const auto profile = scanner.unchecked_string();
    std::optional<Uuid> reference;
    if (scanner.take_piece(R"(,"reference":)")) {
      reference = scanner.uuid();
    }
    const bool temporary = scanner.take_piece(R"(,"temporary":true)");
    const auto label = scanner.take_piece(R"(,"label":)") ? scanner.string() : std::string_view();
    if (ends()) {
      return acquire(id, profile, reference, temporary, label);
    }
  } else if (scanner.take_piece(R"(,"method":"reference/release","params":{"reference":)")) {
    const Uuid reference = scanner.uuid();
    if (ends()) {
      return request(id, call::Release{reference});
    }
  } else if (scanner.take_piece(R"(,"method":"profile/query","params":{"profile":)")) {
    const auto profile = scanner.unchecked_string();
    if (ends()) {
      return query(id, profile);
    }
  }
  return read_members(PlainJson(content));
}

}  // namespace profile_broker
