// A dispatcher's outcome that can be looked at later: what a query found stands in the table and in
// the call (service/live_profile.h) until one of the two goes.
#pragma once

#include <utility>

#include "service/dispatcher.h"

namespace profile_broker::service {

inline Dispatcher::Outcome kept(Dispatcher::Outcome outcome) {
  if (const auto* found = std::get_if<LiveProfile>(&outcome)) {
    return Result(result::Query{report_on(*found)});
  }
  return outcome;
}

}  // namespace profile_broker::service
