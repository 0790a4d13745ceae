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

// What the members of params said, each at most once. Texts are unchecked strings.
struct Params {
  std::optional<std::string_view> profile;
  std::optional<std::string_view> reference;
  std::optional<std::string_view> label;
  std::optional<bool> temporary;
  std::optional<std::vector<ProfileName>> profiles;
  std::optional<std::string_view> client;
  std::optional<std::uint64_t> protocol;

  bool only_of_hello() const { return !profile && !reference && !label && !temporary && !profiles; }
};

// Puts what read() gives into its place; a member that comes twice has failed.
template <typename T, typename Read>
void once(PlainJson& scanner, std::optional<T>& place, Read read) {
  if (place) {
    scanner.fail();
  } else {
    place.emplace(read());
  }
}

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
  std::optional<std::string_view> name;
  std::optional<std::string_view> version;
  const auto text = [&] { return scanner.string(); };
  if (!scanner.begins_object()) {
    name = text();
  } else {
    scanner.object([&] {
      if (scanner.take_name(R"("name")")) {
        once(scanner, name, text);
      } else if (scanner.take_name(R"("version")")) {
        once(scanner, version, text);
      } else {
        scanner.fail();
      }
    });
  }
  for (const auto& one : {name, version}) {
    if (one && one->size() > kMaxLabelCharacters) {
      scanner.fail();
    }
  }
  return name.value_or(std::string_view());
}

void read_params(PlainJson& scanner, Params& params) {
  const auto text = [&] { return scanner.unchecked_string(); };
  scanner.object([&] {
    if (scanner.take_name(R"("profile")")) {
      once(scanner, params.profile, text);
    } else if (scanner.take_name(R"("reference")")) {
      once(scanner, params.reference, text);
    } else if (scanner.take_name(R"("label")")) {
      once(scanner, params.label, [&] { return scanner.string(); });
    } else if (scanner.take_name(R"("temporary")")) {
      once(scanner, params.temporary, [&] { return scanner.boolean(); });
    } else if (scanner.take_name(R"("profiles")")) {
      once(scanner, params.profiles, [&] { return read_names(scanner); });
    } else if (scanner.take_name(R"("client")")) {
      once(scanner, params.client, [&] { return read_client(scanner); });
    } else if (scanner.take_name(R"("protocol")")) {
      once(scanner, params.protocol, [&] { return scanner.number(); });
    } else {
      scanner.fail();
    }
  });
}

// Each of these: false when the params are not the method's, or not good ones.
bool read_acquire(const Params& params, Call& call) {
  auto reference = params.reference ? uuid_from_text(*params.reference) : std::nullopt;
  auto name = params.profile ? ProfileName::of_plain(*params.profile) : std::nullopt;
  const auto label = params.label.value_or(std::string_view());
  if (!name || params.reference.has_value() != reference.has_value() ||
      label.size() > kMaxLabelCharacters || params.profiles) {
    return false;
  }
  call = call::Acquire{std::move(*name), reference, params.temporary.value_or(false),
                       std::string(label)};
  return true;
}

bool read_release(const Params& params, Call& call) {
  auto reference = params.reference ? uuid_from_text(*params.reference) : std::nullopt;
  if (!reference || params.profile || params.label || params.temporary || params.profiles) {
    return false;
  }
  call = call::Release{*reference};
  return true;
}

bool read_query(const Params& params, Call& call) {
  auto name = params.profile ? ProfileName::of_plain(*params.profile) : std::nullopt;
  if (!name || params.reference || params.label || params.temporary || params.profiles) {
    return false;
  }
  call = call::Query{std::move(*name), std::nullopt};
  return true;
}

bool read_sweep(Params& params, Call& call) {
  if (params.profile || params.reference || params.label || params.temporary) {
    return false;
  }
  call = call::Sweep{std::move(params.profiles).value_or(std::vector<ProfileName>())};
  return true;
}

bool read_hello(const Params& params, Call& call) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!params.only_of_hello() || params.protocol.value_or(0) > kMost) {
    return false;
  }
  call = call::Hello{params.protocol, std::string(params.client.value_or(std::string_view()))};
  return true;
}

bool read_method(std::string_view method, Params& params, Call& call) {
  if (params.client || params.protocol || is_literal(method, "broker/hello")) {
    return is_literal(method, "broker/hello") && read_hello(params, call);
  }
  return is_literal(method, "reference/acquire")   ? read_acquire(params, call)
         : is_literal(method, "reference/release") ? read_release(params, call)
         : is_literal(method, "profile/query")
             ? read_query(params, call)
             : is_literal(method, "profile/sweep") && read_sweep(params, call);
}

}  // namespace

std::optional<QuickRequest> read_quickly(std::string_view content) {
  PlainJson scanner(content);
  std::optional<std::string_view> version;
  std::optional<std::string_view> id;
  std::optional<std::string_view> method;
  std::optional<Params> params;
  scanner.object([&] {
    if (scanner.take_name(R"("jsonrpc")")) {
      once(scanner, version, [&] { return scanner.unchecked_string(); });
    } else if (scanner.take_name(R"("id")")) {
      once(scanner, id, [&] { return scanner.id(); });
    } else if (scanner.take_name(R"("method")")) {
      once(scanner, method, [&] { return scanner.unchecked_string(); });
    } else if (!params && scanner.take_name(R"("params")")) {
      read_params(scanner, params.emplace());
    } else {
      scanner.fail();
    }
  });
  std::optional<QuickRequest> read;
  if (scanner.failed() || !scanner.at_end() || !version || !is_literal(*version, "2.0") || !id ||
      !method || !params) {
    return read;
  }
  read.emplace(QuickRequest{*id, {}});
  if (!read_method(*method, *params, read->call)) {
    read.reset();
  }
  return read;
}

}  // namespace profile_broker
