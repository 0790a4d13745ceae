// Steps out of the thread's impersonation for as long as it lives: the profiles lie in the hive of
// the process's user (KB 817375), the service must see the process, and the registry checks access
// with the thread's token. A thread that impersonates nobody is left alone, as is everything on
// Linux.
#pragma once

#include <memory>

namespace profile_broker::client {

class ProcessIdentity {
 public:
  ProcessIdentity();
  ProcessIdentity(const ProcessIdentity&) = delete;
  ProcessIdentity& operator=(const ProcessIdentity&) = delete;
  // Gives the thread its token back. If that cannot be done the process ends here and now: going on
  // with more rights than the thread had would be a way to get them.
  ~ProcessIdentity();

  // False: the thread impersonates and cannot be brought back to that later, so nothing was changed
  // and the call must not go on.
  bool holds() const { return holds_; }

 private:
  struct Token;
  std::unique_ptr<Token> token_;
  bool holds_ = true;
};

}  // namespace profile_broker::client
