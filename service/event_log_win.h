// The Windows event log as a Log: events go to the Application log under the source
// MapiProfileBroker, as numbers and inserts; Event Viewer takes the text from the message file
// mapi-profile-broker-events.dll (made from events.mc) in the reader's language. Debug lines do not
// go there.
#pragma once

#include <memory>

#include "service/log.h"

namespace profile_broker::service {

inline constexpr wchar_t kEventSource[] = L"MapiProfileBroker";

// Works without the source being registered: then the inserts are shown without their text.
std::unique_ptr<Log> make_event_log();

}  // namespace profile_broker::service
