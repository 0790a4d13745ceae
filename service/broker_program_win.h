// The broker as a program on Windows, the same under the service control manager and in a console:
// options from Group Policy over the command line over settings from the registry, which it follows
// as they change, the log, the watchdog over a stop.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "service/broker_service.h"
#include "service/log.h"
#include "service/options.h"
#include "service/service_control_win.h"
#include "service/settings_watch_win.h"
#include "service/settings_win.h"
#include "service/shutdown_watchdog_win.h"

namespace profile_broker::service {

// A stop that hangs: when it does, and what ends the process then.
struct HungStop {
  std::chrono::seconds after = kStopDeadline;
  void (*end_by_force)(ExitCode code) = [](ExitCode code) {
    TerminateProcess(GetCurrentProcess(), static_cast<UINT>(code));
  };
};

class BrokerProgram final : public ServiceProgram {
 public:
  // arguments: the command line without the program's name. log is borrowed.
  BrokerProgram(std::vector<std::string> arguments, Log& log, HungStop hung = {});
  ~BrokerProgram() override;
  BrokerProgram(const BrokerProgram&) = delete;
  BrokerProgram& operator=(const BrokerProgram&) = delete;

  // service_name is empty in a console: then there is no service to configure.
  std::optional<StartFailure> start(const std::wstring& service_name,
                                    std::vector<std::string> arguments) override;
  ExitCode run() override;
  void stop() override;
  void read_settings_again() override;
  void logged_on(std::uint32_t session) override;
  void logged_off(std::uint32_t session) override;

 private:
  // remarks: on settings that were not taken as they stand.
  struct Effective {
    Options options;
    std::vector<std::string> remarks;
  };

  std::optional<StartFailure> start_broker(const std::wstring& service_name);
  void watch_settings();
  // Group Policy, where it says nothing the command line, then the machine's settings, then our
  // defaults.
  std::variant<Effective, StartFailure> effective_options() const;
  // only_news: says and does nothing when all is as it was last time.
  void take_settings(bool only_news);
  void report(const std::vector<std::string>& remarks);

  std::vector<std::string> arguments_;
  Log& log_;
  ShutdownWatchdog watchdog_;
  std::mutex settings_mutex_;  // the next two
  ServiceLimits limits_;       // in force
  std::vector<std::string> remarks_;
  std::mutex broker_mutex_;  // the pointer, not what it points to: controls come on other threads
  std::unique_ptr<BrokerService> broker_;
  std::optional<SettingsWatch> settings_watch_;
};

}  // namespace profile_broker::service
