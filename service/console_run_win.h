// The broker in a terminal: ended by Ctrl+C, Ctrl+Break, or closing the window.
#pragma once

#include "service/log.h"
#include "service/service_control_win.h"

namespace profile_broker::service {

// Starts the program and serves until the terminal ends it. program and log are borrowed. Once a
// process.
ExitCode run_in_console(ServiceProgram& program, Log& log);

}  // namespace profile_broker::service
