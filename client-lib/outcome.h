// What a request to the service comes back with: a value or a failure. A failure says whether the
// service may have acted on the request, because what is safe to do next depends on it, and carries
// a sentence for people with what to do. Nothing in this library throws because of a peer.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "proto/error_codes.h"

namespace profile_broker::client {

struct Failure {
  enum class Kind {
    unreachable,  // no trusted service at the other end; nothing was sent
    unanswered,   // the request was sent; whether the service acted on it is unknown
    refused,      // the service said no
  };
  Kind kind = Kind::unreachable;
  std::uint32_t hresult = hresult::kCallFailed;
  std::string reason;  // the service's stable word; empty unless refused
  std::string text;
  bool broken = false;  // unanswered because the connection ended: a new one may serve at once

  bool refused_as(Reason expected) const {
    return kind == Kind::refused && reason == facts_of(expected).word;
  }
  // The service did not take the request, or not for good: what was asked may be asked again later.
  bool is_absence() const { return kind != Kind::refused || refused_as(Reason::stopping); }
};

template <typename T>
class Outcome {
 public:
  Outcome(T value) : held_(std::move(value)) {}            // NOLINT: a return value converts
  Outcome(Failure failure) : held_(std::move(failure)) {}  // NOLINT: a return value converts

  explicit operator bool() const { return std::holds_alternative<T>(held_); }
  T& operator*() { return std::get<T>(held_); }
  const T& operator*() const { return std::get<T>(held_); }
  T* operator->() { return &std::get<T>(held_); }
  const T* operator->() const { return &std::get<T>(held_); }
  Failure& failure() { return std::get<Failure>(held_); }
  const Failure& failure() const { return std::get<Failure>(held_); }

 private:
  std::variant<T, Failure> held_;
};

}  // namespace profile_broker::client
