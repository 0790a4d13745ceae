// The shape of one entry of the table of event texts, which is made from service/events.mc.
#pragma once

#include <string_view>

namespace profile_broker::service {

enum class Severity { info, warning, error };

template <typename Id>
struct LogEventText {
  std::string_view name;
  std::string_view happened;  // English; %1, %2, ... are the inserts
  std::string_view advice;    // what it means and what to do
  Severity severity;
  Id id;
};

}  // namespace profile_broker::service
