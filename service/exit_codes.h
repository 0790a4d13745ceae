// Why the service did not start or had to stop: the process's exit code in a console, the
// service-specific exit code under the service control manager. Numbers are documented in
// docs/service.md and never reused.
#pragma once

#include <string>

namespace profile_broker::service {

enum class ExitCode : int {
  success = 0,
  unexpected = 1,  // an error nobody foresaw; the text has it
  usage = 2,       // the command line
  // 3 is abort()'s: see last_words.h
  state_folder = 10,  // cannot be made, secured or opened
  state_in_use = 11,  // another broker works on the same folder
  journal_unreadable = 12,
  endpoint_in_use = 20,  // somebody else listens there, or has taken the name
  endpoint_unusable = 21,
  not_a_service = 30,   // started without --console outside the service control manager
  stop_hung = 31,       // a stop took longer than the watchdog allows, and was ended by force
  not_configured = 32,  // --configure: there is no such service, or its path cannot be quoted
};

struct StartFailure {
  ExitCode code = ExitCode::unexpected;
  std::string text;  // what happened, to what, and what to do
};

}  // namespace profile_broker::service
