// The Windows event log as a Log: information, warnings and errors go to the Application log under
// the source MapiProfileBroker; debug lines do not.
#pragma once

#include <memory>

#include "service/log.h"

namespace profile_broker::service {

inline constexpr wchar_t kEventSource[] = L"MapiProfileBroker";

// Works without the source being registered: the text is an insert and is shown either way.
std::unique_ptr<Log> make_event_log();

}  // namespace profile_broker::service
