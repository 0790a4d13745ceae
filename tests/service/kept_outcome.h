// A dispatcher's outcome that can be looked at later: what a query found stands in the table and in
// the call (service/live_profile.h) until one of the two goes.
#pragma once

#include <utility>

#include "service/dispatcher.h"

namespace profile_broker::service {

inline Dispatcher::Outcome kept(Dispatcher::Outcome outcome) {
  const auto* found = std::get_if<LiveProfile>(&outcome);
  if (!found) {
    return outcome;
  }
  result::Query query;
  if (found->profile) {
    query.report = report_on(found->profile->hive->id, *found->profile);
  } else {
    query.report.profile = found->asked;
  }
  return Result(std::move(query));
}

}  // namespace profile_broker::service
