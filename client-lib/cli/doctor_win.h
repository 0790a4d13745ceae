// The parts of doctor.h's examine_machine on Windows, a file each, and what they share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client-lib/cli/doctor.h"
#include "client-lib/mapi/routing.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client::cli {

inline constexpr const char* kRepair =
    "Repair the installation: 'msiexec /i PACKAGE /qn REINSTALL=ALL REINSTALLMODE=amus'";

inline std::string utf8(std::wstring_view text) {
  return utf8_from_wide(text).value_or("?");
}

// Why an event source's events have no text; nothing when they have.
std::optional<std::string> silence_of(const std::string& source);

Finding examine_service(const Endpoint& endpoint);
Finding examine_pipe(const Endpoint& endpoint);
Finding examine_mapi(const mapi::RoutingReport& report);
Finding examine_routing(const mapi::RoutingReport& report);

}  // namespace profile_broker::client::cli
