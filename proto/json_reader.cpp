// The SAX builder behind json_reader.h.
#include "proto/json_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/limits.h"

namespace profile_broker {
namespace {

class StrictBuilder final : public nlohmann::json_sax<Json> {
 public:
  Json take() { return std::move(root_); }
  std::optional<Refusal> take_refusal() { return std::move(refusal_); }

  bool null() override { return put(nullptr) != nullptr; }
  bool boolean(bool value) override { return put(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return put(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return put(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override {
    return put(value) != nullptr;
  }
  bool string(string_t& value) override { return put(std::move(value)) != nullptr; }
  bool binary(binary_t&) override { return false; }  // not in JSON texts
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (open_.back()->contains(name)) {
      refusal_ = Refusal{Reason::invalid_request,
                         "a member stands twice in one object: '" + name.substr(0, 64) + "'"};
      return false;
    }
    member_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    refusal_ = Refusal{Reason::parse_error,
                       "not JSON in UTF-8: error at byte " + std::to_string(position)};
    return false;
  }

 private:
  Json* put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[member_] = std::move(value));
  }

  bool open(Json container) {
    if (open_.size() == static_cast<std::size_t>(kMaxJsonDepth)) {
      refusal_ = Refusal{Reason::invalid_request,
                         "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels"};
      return false;
    }
    // A parent's storage does not move while a child is open: siblings are only added after it is
    // closed.
    open_.push_back(put(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;  // borrowed from root_
  std::string member_;
  std::optional<Refusal> refusal_;
};

}  // namespace

std::variant<Json, Refusal> read_json(std::string_view text) {
  // The library takes a zero byte for the end, and would not look at what stands behind it.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    return Refusal{Reason::parse_error,
                   "not JSON in UTF-8: error at byte " + std::to_string(zero + 1)};
  }
  StrictBuilder builder;
  if (Json::sax_parse(text, &builder)) {
    return builder.take();
  }
  auto refusal = builder.take_refusal();
  return refusal ? std::move(*refusal) : Refusal{Reason::parse_error, "not JSON"};
}

}  // namespace profile_broker
