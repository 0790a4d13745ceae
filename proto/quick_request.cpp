// The pull scanner behind quick_request.h.
#include "proto/quick_request.h"

#include <utility>
#include <vector>

#include "proto/limits.h"
#include "proto/plain_json.h"
#include "proto/uuid.h"

namespace profile_broker {
namespace {

// What the members of params said, each at most once.
struct Params {
  std::optional<std::string_view> profile;
  std::optional<std::string_view> reference;
  std::optional<std::string_view> label;
  std::optional<bool> temporary;
  std::optional<std::vector<ProfileName>> profiles;
};

// Puts what read() gives into its place; a member that comes twice has failed.
template <typename T, typename Read>
void once(PlainJson& scanner, std::optional<T>& place, Read read) {
  if (place) {
    scanner.fail();
  } else {
    place = read();
  }
}

std::vector<ProfileName> read_names(PlainJson& scanner) {
  std::vector<ProfileName> names;
  scanner.array([&] {
    auto parsed = ProfileName::parse(scanner.string());
    if (auto* name = std::get_if<ProfileName>(&parsed)) {
      names.push_back(std::move(*name));
    } else {
      scanner.fail();
    }
  });
  return names;
}

Params read_params(PlainJson& scanner) {
  Params params;
  const auto text = [&] { return scanner.string(); };
  scanner.object([&](std::string_view name) {
    if (name == "profile") {
      once(scanner, params.profile, text);
    } else if (name == "reference") {
      once(scanner, params.reference, text);
    } else if (name == "label") {
      once(scanner, params.label, text);
    } else if (name == "temporary") {
      once(scanner, params.temporary, [&] { return scanner.boolean(); });
    } else if (name == "profiles") {
      once(scanner, params.profiles, [&] { return read_names(scanner); });
    } else {
      scanner.fail();
    }
  });
  return params;
}

std::optional<ProfileName> profile_of(const Params& params) {
  if (!params.profile) {
    return std::nullopt;
  }
  auto parsed = ProfileName::parse(*params.profile);
  auto* name = std::get_if<ProfileName>(&parsed);
  return name ? std::optional(std::move(*name)) : std::nullopt;
}

std::optional<Call> acquire(const Params& params) {
  std::optional<std::string> reference;
  if (params.reference) {
    reference = canonical_uuid(*params.reference);
    if (!reference) {
      return std::nullopt;
    }
  }
  auto name = profile_of(params);
  const auto label = params.label.value_or(std::string_view());
  if (!name || label.size() > kMaxLabelCharacters || params.profiles) {
    return std::nullopt;
  }
  return call::Acquire{std::move(*name), std::move(reference), params.temporary.value_or(false),
                       std::string(label)};
}

std::optional<Call> release(const Params& params) {
  auto reference = params.reference ? canonical_uuid(*params.reference) : std::nullopt;
  if (!reference || params.profile || params.label || params.temporary || params.profiles) {
    return std::nullopt;
  }
  return call::Release{std::move(*reference)};
}

std::optional<Call> query(const Params& params) {
  auto name = profile_of(params);
  if (!name || params.reference || params.label || params.temporary || params.profiles) {
    return std::nullopt;
  }
  return call::Query{std::move(*name), std::nullopt};
}

std::optional<Call> sweep(Params& params) {
  if (params.profile || params.reference || params.label || params.temporary) {
    return std::nullopt;
  }
  return call::Sweep{std::move(params.profiles).value_or(std::vector<ProfileName>())};
}

}  // namespace

std::optional<QuickRequest> read_quickly(std::string_view content) {
  PlainJson scanner(content);
  std::optional<std::string_view> version;
  std::optional<std::string_view> id;
  std::optional<std::string_view> method;
  std::optional<Params> params;
  scanner.object([&](std::string_view name) {
    if (name == "jsonrpc") {
      once(scanner, version, [&] { return scanner.string(); });
    } else if (name == "id") {
      once(scanner, id, [&] { return scanner.id(); });
    } else if (name == "method") {
      once(scanner, method, [&] { return scanner.string(); });
    } else if (name == "params") {
      once(scanner, params, [&] { return read_params(scanner); });
    } else {
      scanner.fail();
    }
  });
  if (scanner.failed() || !scanner.at_end() || version != "2.0" || !id || !method || !params) {
    return std::nullopt;
  }
  auto call = *method == "reference/acquire"   ? acquire(*params)
              : *method == "reference/release" ? release(*params)
              : *method == "profile/query"     ? query(*params)
              : *method == "profile/sweep"     ? sweep(*params)
                                               : std::nullopt;
  return call ? std::optional(QuickRequest{*id, std::move(*call)}) : std::nullopt;
}

}  // namespace profile_broker
