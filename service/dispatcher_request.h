// One call on its way through the dispatcher, and the refusals of more than one of its rules:
// shared by the files that implement it, by nobody else.
#pragma once

#include "service/dispatcher.h"

namespace profile_broker::service {

struct Dispatcher::Request {
  const Origin& origin;  // borrowed
  Moment now;
  const Process* process;  // the caller's, null while it holds nothing

  const Holder& holder() const { return origin.caller.holder; }
};

extern const Refusal kCannotRemember;
Refusal being_removed(const Profile& profile);

}  // namespace profile_broker::service
