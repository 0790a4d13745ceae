// Writing and reading behind service_message.h.
#include "proto/service_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "proto/json_scanner.h"
#include "proto/plain_text.h"
#include "proto/text.h"

namespace profile_broker {
namespace {

// In the order of the alternatives of Call.
constexpr std::array<std::string_view, std::variant_size_v<Call>> kMethodNames = {
    "broker/hello",   "reference/acquire", "reference/release", "profile/query",
    "profile/list",   "profile/delete",    "profile/undelete",  "profile/sweep",
    "removal/finish", "broker/status",     "broker/subscribe"};

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

// What is not well-formed UTF-8 is replaced by U+FFFD.
void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    auto bytes = plain_prefix(text);
    if (bytes == 0) {
      const char c = text.front();
      bytes = character_bytes(text);
      if (c == '"' || c == '\\') {
        out.push_back('\\');
      } else if (bytes == 0) {
        append_utf8(out, 0xFFFD);
        text.remove_prefix(1);
        continue;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        constexpr char kDigits[] = "0123456789abcdef";
        out.append("\\u00").append({kDigits[c >> 4], kDigits[c & 0xF]});
        text.remove_prefix(1);
        continue;
      }
    }
    out.append(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  out.push_back('"');
}

class ParamsText {
 public:
  explicit ParamsText(std::string& out) : out_(out) {}

  void operator()(const call::Hello& c) const {
    text("client", c.client);
    if (c.protocol) {
      name("protocol");
      append_number(out_, static_cast<std::uint64_t>(*c.protocol));
    }
  }
  void operator()(const call::Acquire& c) const {
    text("profile", c.profile.shown());
    if (c.reference) {
      text("reference", text_of(*c.reference));
    }
    if (c.temporary) {
      flag("temporary", true);
    }
    if (!c.label.empty()) {
      text("label", c.label);
    }
  }
  void operator()(const call::Release& c) const {
    text("reference", c.instead.empty() ? text_of(c.reference) : c.instead);
  }
  void operator()(const call::Query& c) const {
    text("profile", c.profile.shown());
    text_if_any("hive", c.hive);
  }
  void operator()(const call::List& c) const { scope(c.all, c.hive); }
  void operator()(const call::Delete& c) const { text("profile", c.profile.shown()); }
  void operator()(const call::Undelete& c) const { text("profile", c.profile.shown()); }
  void operator()(const call::Sweep& c) const {
    name("profiles");
    char before = '[';
    for (const auto& profile : c.profiles) {
      out_.push_back(before);
      append_string(out_, profile.shown());
      before = ',';
    }
    out_.append(c.profiles.empty() ? "[]" : "]");
  }
  void operator()(const call::Finish& c) const {
    text("claim", c.claim);
    flag("removed", c.removed);
  }
  void operator()(const call::Status&) const {}
  void operator()(const call::Subscribe& c) const { scope(c.all, c.hive); }

 private:
  void name(std::string_view name) const {
    out_.append(out_.back() == '{' ? "\"" : ",\"").append(name).append("\":");
  }
  void text(std::string_view of, std::string_view value) const {
    name(of);
    append_string(out_, value);
  }
  void text_if_any(std::string_view of, const std::optional<std::string>& value) const {
    if (value) {
      text(of, *value);
    }
  }
  void flag(std::string_view of, bool value) const {
    name(of);
    out_.append(value ? "true" : "false");
  }
  void scope(bool all, const std::optional<std::string>& hive) const {
    if (all) {
      flag("all", true);
    }
    text_if_any("hive", hive);
  }

  std::string& out_;
};

struct Message {
  std::string version;
  std::optional<std::string> method;
  std::string_view params = "{}";
  std::optional<std::uint64_t> id;
  std::optional<std::string_view> result;
  std::optional<ServiceError> error;
};

// An id that is none of ours is none.
void read_id(JsonScanner& json, std::optional<std::uint64_t>& id) {
  const auto text = json.skip();
  std::uint64_t number = 0;
  const auto [behind, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && behind == text.data() + text.size()) {
    id = number;
  }
}

template <typename View>
void read_text(JsonScanner& json, View& view) {
  view = json.skip();
}

void read_code(JsonScanner& json, int& code) {
  const auto value = json.integer();
  code = static_cast<int>(value);
  if (code != value) {
    json.fail();
  }
}

void read_hresult(JsonScanner& json, std::uint32_t& hresult) {
  std::string word;
  json.string(word);
  hresult = static_cast<std::uint32_t>(std::strtoul(word.c_str(), nullptr, 16));
}

void read_data(JsonScanner& json, ServiceError& error) {
  if (json.next() == '{') {
    json.object(
        {possible("reason", error.reason), possible<read_hresult>("hresult", error.hresult)});
  } else {
    json.skip();
  }
}

void read_service_error(JsonScanner& json, std::optional<ServiceError>& read) {
  auto& error = read.emplace();
  json.object({possible<read_code>("code", error.code), possible("message", error.text),
               possible<read_data>("data", error)});
  if ((error.hresult & 0x80000000U) == 0) {
    const auto known = reason_from_word(error.reason);
    error.hresult = known ? facts_of(*known).hresult : hresult::kCallFailed;
  }
}

}  // namespace

void append_request(std::string& out, std::uint64_t id, const Call& call) {
  out.append(R"({"jsonrpc":"2.0","id":)");
  append_number(out, id);
  out.append(R"(,"method":")").append(kMethodNames[call.index()]).append(R"(","params":{)");
  std::visit(ParamsText(out), call);
  out.append("}}");
}

std::optional<std::variant<ServiceAnswer, ServiceNotification>> read_service_message(
    std::string_view content) {
  Message message;
  JsonScanner json(content);
  json.object({needed("jsonrpc", message.version), possible<read_id>("id", message.id),
               possible<read_text<std::optional<std::string_view>>>("result", message.result),
               possible<read_service_error>("error", message.error),
               possible("method", message.method),
               possible<read_text<std::string_view>>("params", message.params)});
  if (!json.succeeded() || message.version != "2.0") {
    return std::nullopt;
  }
  if (message.method) {
    return ServiceNotification{std::move(*message.method), message.params};
  }
  if (message.result) {
    return ServiceAnswer{message.id, *message.result};
  }
  if (message.error) {
    return ServiceAnswer{message.id, std::move(*message.error)};
  }
  return std::nullopt;
}

}  // namespace profile_broker
