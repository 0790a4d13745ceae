// One call on its way through the dispatcher: shared by the two files that implement it, by nobody
// else.
#pragma once

#include "service/dispatcher.h"

namespace profile_broker::service {

struct Dispatcher::Request {
  const Origin& origin;  // borrowed
  Moment now;
  const Process* process;  // the caller's, null while it holds nothing

  const Holder& holder() const { return origin.caller.holder; }
};

}  // namespace profile_broker::service
