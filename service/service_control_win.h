// The service control manager's side of the program: states, controls, exit codes. What the program
// does in each of them it asks a ServiceProgram.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/exit_codes.h"

namespace profile_broker::service {

class ServiceProgram {
 public:
  virtual ~ServiceProgram() = default;

  // Once it returns without a failure clients can connect, and the service counts as running.
  // arguments: what was given to sc.exe start, beyond the command line.
  virtual std::optional<StartFailure> start(const std::wstring& service_name,
                                            std::vector<std::string> arguments) = 0;
  // Serves until stop(); when it returns nothing of the program is left to do. A code other than
  // success is reported as the service's own.
  virtual ExitCode run() = 0;

  // On the manager's thread, while start() or run() is in another; not for long.
  virtual void stop() = 0;
  virtual void read_settings_again() = 0;
  virtual void logged_on(std::uint32_t session) = 0;
  virtual void logged_off(std::uint32_t session) = 0;
};

// Serves the manager until the service has stopped. nullopt, at once, when the process was not
// started by the manager; else what the process should end with. program is borrowed. Once a
// process.
std::optional<ExitCode> run_under_service_control(ServiceProgram& program);

}  // namespace profile_broker::service
