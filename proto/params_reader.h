// Reads the members of a params object one by one and keeps the first thing that is wrong with
// them. Members that no reader asked for are refused at the end: a misspelled "temporary" must not
// be read as "not temporary".
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/limits.h"
#include "proto/messages.h"
#include "proto/text.h"
#include "proto/uuid.h"

namespace profile_broker {

class ParamsReader {
 public:
  explicit ParamsReader(const Json& params) : params_(params) {}

  bool flag(const char* name) { return boolean(name).value_or(false); }

  bool required_flag(const char* name) {
    const auto value = boolean(name);
    if (!value) {
      refuse(Reason::bad_params, std::string(name) + " is missing: true or false");
    }
    return value.value_or(false);
  }

  std::optional<std::int64_t> integer(const char* name) {
    const Json* member = find(name);
    if (!member) {
      return std::nullopt;
    }
    if (!member->is_number_integer()) {
      refuse(Reason::bad_params, std::string(name) + " must be an integer");
      return std::nullopt;
    }
    return member->get<std::int64_t>();
  }

  std::optional<std::string> text(const char* name) {
    const Json* member = find(name);
    if (!member) {
      return std::nullopt;
    }
    if (!member->is_string() || member->get_ref<const std::string&>().size() > kMaxStringBytes) {
      refuse(Reason::bad_params, std::string(name) + " must be a string of at most " +
                                     std::to_string(kMaxStringBytes) + " bytes");
      return std::nullopt;
    }
    return member->get<std::string>();
  }

  std::string label() {
    auto value = text("label").value_or(std::string());
    if (count_characters(value) > kMaxLabelCharacters) {
      refuse(Reason::bad_params,
             "label has more than " + std::to_string(kMaxLabelCharacters) + " characters");
    }
    return value;
  }

  std::optional<Uuid> uuid(const char* name) {
    const auto value = text(name);
    if (!value) {
      return std::nullopt;
    }
    const auto uuid = uuid_from_text(*value);
    if (!uuid) {
      refuse(Reason::bad_params, std::string(name) + " must be a UUID of 36 characters");
    }
    return uuid;
  }

  // Names something that the service made or was told of. What is no UUID names nothing, which is
  // for the lookup to say.
  std::string required_id(const char* name) {
    auto value = text(name);
    if (!value) {
      refuse(Reason::bad_params, std::string(name) + " is missing: a UUID");
      return {};
    }
    return canonical_uuid(*value).value_or(value->substr(0, 64));
  }

  std::optional<ProfileName> profile() {
    const Json* member = find("profile");
    if (!member) {
      refuse(Reason::bad_params, "profile is missing: the profile's name");
      return std::nullopt;
    }
    return name_of(*member, "profile");
  }

  std::vector<ProfileName> profiles() {
    std::vector<ProfileName> names;
    const Json* member = find("profiles");
    if (!member) {
      return names;
    }
    if (!member->is_array()) {
      refuse(Reason::bad_params, "profiles must be an array of names");
      return names;
    }
    for (const auto& element : *member) {
      auto name = name_of(element, "profiles[" + std::to_string(names.size()) + "]");
      if (!name) {
        break;
      }
      names.push_back(std::move(*name));
    }
    return names;
  }

  // The client's name: a string, or as in LSP an object with a name. For the log only, so anything
  // else is no error.
  std::string client() {
    const Json* member = find("client");
    if (member && member->is_object()) {
      const auto name = member->find("name");
      member = name == member->end() ? nullptr : &*name;
    }
    const bool usable = member && member->is_string() &&
                        member->get_ref<const std::string&>().size() <= kMaxLabelCharacters;
    return usable ? member->get<std::string>() : std::string();
  }

  void ignore_unknown() { ignore_unknown_ = true; }

  // The first refusal, if any. Call it last.
  std::optional<Refusal> refusal() {
    if (!refusal_ && !ignore_unknown_) {
      for (const auto& [name, value] : params_.items()) {
        if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
          refuse(Reason::bad_params, "the method has no parameter '" + name.substr(0, 64) + "'");
          break;
        }
      }
    }
    return refusal_;
  }

 private:
  // Null counts as absent.
  const Json* find(const char* name) {
    asked_.emplace_back(name);
    const auto member = params_.find(name);
    return member == params_.end() || member->is_null() ? nullptr : &*member;
  }

  std::optional<bool> boolean(const char* name) {
    const Json* member = find(name);
    if (!member) {
      return std::nullopt;
    }
    if (!member->is_boolean()) {
      refuse(Reason::bad_params, std::string(name) + " must be true or false");
      return false;
    }
    return member->get<bool>();
  }

  std::optional<ProfileName> name_of(const Json& json, const std::string& where) {
    if (!json.is_string()) {
      refuse(Reason::bad_params, where + " must be a string");
      return std::nullopt;
    }
    auto parsed = ProfileName::parse(json.get_ref<const std::string&>());
    if (auto* refusal = std::get_if<Refusal>(&parsed)) {
      refuse(refusal->reason, where + ": " + refusal->text);
      return std::nullopt;
    }
    return std::move(std::get<ProfileName>(parsed));
  }

  void refuse(Reason reason, std::string text) {
    if (!refusal_) {
      refusal_ = Refusal{reason, std::move(text)};
    }
  }

  const Json& params_;  // borrowed
  std::vector<std::string_view> asked_;
  std::optional<Refusal> refusal_;
  bool ignore_unknown_ = false;
};

}  // namespace profile_broker
