// Calls: from the wire to types for the service, from types to the wire for the client
// (messages.h).
#include <array>
#include <utility>

#include "proto/messages.h"
#include "proto/params_reader.h"

namespace profile_broker {
namespace {

// A call whose profile could not be read is never built: the reader then has a refusal.
template <typename C, typename... Rest>
std::optional<Call> with_profile(ParamsReader& reader, Rest&&... rest) {
  auto profile = reader.profile();
  if (!profile) {
    return std::nullopt;
  }
  return C{std::move(*profile), std::forward<Rest>(rest)...};
}

std::optional<Call> read_hello(ParamsReader& reader) {
  reader.ignore_unknown();  // future clients may say more of themselves
  auto protocol = reader.integer("protocol");
  return call::Hello{protocol, reader.client()};
}

std::optional<Call> read_acquire(ParamsReader& reader) {
  const auto reference = reader.uuid("reference");
  const bool temporary = reader.flag("temporary");
  auto label = reader.label();
  return with_profile<call::Acquire>(reader, reference, temporary, std::move(label));
}

std::optional<Call> read_release(ParamsReader& reader) {
  auto id = reader.required_id("reference");
  const auto reference = uuid_from_text(id);
  return reference ? call::Release{*reference} : call::Release{{}, std::move(id)};
}

std::optional<Call> read_query(ParamsReader& reader) {
  auto hive = reader.text("hive");
  return with_profile<call::Query>(reader, std::move(hive));
}

std::optional<Call> read_list(ParamsReader& reader) {
  const bool all = reader.flag("all");
  return call::List{all, reader.text("hive")};
}

std::optional<Call> read_delete(ParamsReader& reader) {
  return with_profile<call::Delete>(reader);
}
std::optional<Call> read_undelete(ParamsReader& reader) {
  return with_profile<call::Undelete>(reader);
}
std::optional<Call> read_sweep(ParamsReader& reader) {
  return call::Sweep{reader.profiles()};
}

std::optional<Call> read_finish(ParamsReader& reader) {
  auto claim = reader.required_id("claim");
  return call::Finish{std::move(claim), reader.required_flag("removed")};
}

std::optional<Call> read_status(ParamsReader&) {
  return call::Status{};
}

std::optional<Call> read_subscribe(ParamsReader& reader) {
  const bool all = reader.flag("all");
  return call::Subscribe{all, reader.text("hive")};
}

struct MethodReader {
  std::string_view name;
  std::optional<Call> (*read)(ParamsReader&);
};

// In the order of the alternatives of Call.
constexpr std::array kMethods = {
    MethodReader{"broker/hello", read_hello},
    MethodReader{"reference/acquire", read_acquire},
    MethodReader{"reference/release", read_release},
    MethodReader{"profile/query", read_query},
    MethodReader{"profile/list", read_list},
    MethodReader{"profile/delete", read_delete},
    MethodReader{"profile/undelete", read_undelete},
    MethodReader{"profile/sweep", read_sweep},
    MethodReader{"removal/finish", read_finish},
    MethodReader{"broker/status", read_status},
    MethodReader{"broker/subscribe", read_subscribe},
};
static_assert(kMethods.size() == std::variant_size_v<Call>);

struct ParamsWriter {
  OrderedJson operator()(const call::Hello& c) const {
    OrderedJson params = {{"client", c.client}};
    if (c.protocol) {
      params["protocol"] = *c.protocol;
    }
    return params;
  }
  OrderedJson operator()(const call::Acquire& c) const {
    OrderedJson params = {{"profile", c.profile.shown()}};
    if (c.reference) {
      params["reference"] = text_of(*c.reference);
    }
    if (c.temporary) {
      params["temporary"] = true;
    }
    if (!c.label.empty()) {
      params["label"] = c.label;
    }
    return params;
  }
  OrderedJson operator()(const call::Release& c) const {
    return {{"reference", c.instead.empty() ? text_of(c.reference) : c.instead}};
  }
  OrderedJson operator()(const call::Query& c) const {
    return with_hive({{"profile", c.profile.shown()}}, c.hive);
  }
  OrderedJson operator()(const call::List& c) const { return scope(c.all, c.hive); }
  OrderedJson operator()(const call::Delete& c) const { return {{"profile", c.profile.shown()}}; }
  OrderedJson operator()(const call::Undelete& c) const { return {{"profile", c.profile.shown()}}; }
  OrderedJson operator()(const call::Sweep& c) const {
    auto names = OrderedJson::array();
    for (const auto& name : c.profiles) {
      names.push_back(name.shown());
    }
    return {{"profiles", std::move(names)}};
  }
  OrderedJson operator()(const call::Finish& c) const {
    return {{"claim", c.claim}, {"removed", c.removed}};
  }
  OrderedJson operator()(const call::Status&) const { return OrderedJson::object(); }
  OrderedJson operator()(const call::Subscribe& c) const { return scope(c.all, c.hive); }

 private:
  static OrderedJson with_hive(OrderedJson params, const std::optional<std::string>& hive) {
    if (hive) {
      params["hive"] = *hive;
    }
    return params;
  }
  static OrderedJson scope(bool all, const std::optional<std::string>& hive) {
    OrderedJson params = OrderedJson::object();
    if (all) {
      params["all"] = true;
    }
    return with_hive(std::move(params), hive);
  }
};

}  // namespace

std::variant<Call, Refusal> read_call(std::string_view method, const Json& params) {
  const auto* known = std::find_if(kMethods.begin(), kMethods.end(),
                                   [&](const auto& m) { return m.name == method; });
  if (known == kMethods.end()) {
    return Refusal{Reason::method_not_found,
                   "there is no method '" + std::string(method.substr(0, 64)) + "'"};
  }
  ParamsReader reader(params);
  auto call = known->read(reader);
  if (auto refusal = reader.refusal()) {
    return std::move(*refusal);
  }
  return std::move(*call);  // a reader without a refusal has built its call
}

std::string_view method_of(const Call& call) {
  return kMethods[call.index()].name;
}

OrderedJson params_of(const Call& call) {
  return std::visit(ParamsWriter{}, call);
}

}  // namespace profile_broker
