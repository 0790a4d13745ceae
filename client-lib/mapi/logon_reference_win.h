// The reference that a logon takes beforehand to the profile it names, so that nobody deletes that
// in between. Afterwards the session has it; else it is released with this object.
#pragma once

#include <optional>
#include <utility>

#include "client-lib/mapi/broker_calls_win.h"

namespace profile_broker::client::mapi {

class LogonReference {
 public:
  // Nothing: the name is not known yet.
  explicit LogonReference(std::optional<ProfileName> named) : named_(std::move(named)) {
    if (named_) {
      acquired_ = acquire(*named_);
    }
  }
  LogonReference(const LogonReference&) = delete;
  LogonReference& operator=(const LogonReference&) = delete;
  ~LogonReference() { let_go(); }

  bool is_named() const { return named_.has_value(); }
  // Others have deleted the profile, or are deleting it.
  bool is_refused() const { return acquired_.how == Acquired::How::refused; }
  bool is_held() const { return acquired_.how == Acquired::How::held; }

  // To the profile that the session really has. Nothing known of it: the named one's stays.
  void turn_to(const std::optional<ProfileName>& real) {
    if (!real || (named_ && named_->folded() == real->folded())) {
      return;
    }
    const auto next = acquire(*real);
    let_go();
    named_ = real;
    acquired_ = next;
  }

  Ledger::Handle reference() const { return acquired_.reference; }
  // Somebody else releases it from now on.
  void hand_over() { acquired_ = {}; }

 private:
  void let_go() {
    if (is_held()) {
      release(acquired_.reference);
    }
    acquired_ = {};
  }

  std::optional<ProfileName> named_;
  Acquired acquired_;
};

}  // namespace profile_broker::client::mapi
