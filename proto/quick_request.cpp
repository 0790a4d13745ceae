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

// Each of these: false when the params are not the method's, or not good ones.
bool read_acquire(const Params& params, Call& call) {
  auto name = ProfileName::of_plain(params.profile);
  if (!name || params.label.size() > kMaxLabelCharacters ||
      !params.are(Params::kProfile, Params::kReference | Params::kTemporary | Params::kLabel)) {
    return false;
  }
  call.emplace<call::Acquire>(call::Acquire{
      *name, params.has(Params::kReference) ? std::optional(params.reference) : std::nullopt,
      params.temporary, std::string(params.label)});
  return true;
}

bool read_release(const Params& params, Call& call) {
  call.emplace<call::Release>(call::Release{params.reference});
  return params.are(Params::kReference);
}

bool read_query(const Params& params, Call& call) {
  auto name = ProfileName::of_plain(params.profile);
  if (!name || !params.are(Params::kProfile)) {
    return false;
  }
  call.emplace<call::Query>(call::Query{*name, std::nullopt});
  return true;
}

bool read_sweep(Params& params, Call& call) {
  call.emplace<call::Sweep>(call::Sweep{std::move(params.profiles)});
  return params.are(0, Params::kProfiles);
}

bool read_hello(const Params& params, Call& call) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto protocol =
      params.has(Params::kProtocol) ? std::optional<std::int64_t>(params.protocol) : std::nullopt;
  call.emplace<call::Hello>(call::Hello{protocol, std::string(params.client)});
  return params.are(0, Params::kClient | Params::kProtocol) && params.protocol <= kMost;
}

bool read_call(Method method, Params& params, Call& call) {
  switch (method) {
    case Method::acquire:
      return read_acquire(params, call);
    case Method::release:
      return read_release(params, call);
    case Method::query:
      return read_query(params, call);
    case Method::sweep:
      return read_sweep(params, call);
    case Method::hello:
      return read_hello(params, call);
  }
  return false;
}

}  // namespace

std::optional<QuickRequest> read_quickly(std::string_view content) {
  constexpr Members kVersion = 1;
  constexpr Members kId = 2;
  constexpr Members kMethod = 4;
  constexpr Members kParams = 8;
  PlainJson scanner(content);
  Members seen = 0;
  bool version = false;
  Method method{};
  Params params;
  std::optional<QuickRequest> read(std::in_place);
  scanner.object([&] {
    if (scanner.take_name(R"("jsonrpc")")) {
      once(scanner, seen, kVersion, version, [&] { return scanner.take_string(R"("2.0")"); });
    } else if (scanner.take_name(R"("id")")) {
      once(scanner, seen, kId, read->id, [&] { return scanner.id(); });
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
  if (scanner.failed() || !scanner.at_end() || !all || !version ||
      !read_call(method, params, read->call)) {
    read.reset();
  }
  return read;
}

}  // namespace profile_broker
