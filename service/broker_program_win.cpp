#include "service/broker_program_win.h"

#include <exception>
#include <iterator>
#include <utility>

#include "service/service_configuration_win.h"
#include "service/settings_win.h"

namespace profile_broker::service {

BrokerProgram::BrokerProgram(std::vector<std::string> arguments, Log& log)
    : arguments_(std::move(arguments)), log_(log), watchdog_([&log] {
        log.error(
            "The service has not stopped within 30 seconds and is ended by force. References are "
            "in its journal and come back at the next start.");
        TerminateProcess(GetCurrentProcess(), static_cast<UINT>(ExitCode::stop_hung));
      }) {}

BrokerProgram::~BrokerProgram() = default;

std::optional<StartFailure> BrokerProgram::start(const std::wstring& service_name,
                                                 std::vector<std::string> arguments) {
  std::optional<StartFailure> failure;
  try {
    arguments_.insert(arguments_.end(), std::make_move_iterator(arguments.begin()),
                      std::make_move_iterator(arguments.end()));
    failure = start_broker(service_name);
  } catch (const std::exception& error) {
    failure = StartFailure{ExitCode::unexpected,
                           std::string("The broker cannot start: ") + error.what() + "."};
  }
  if (failure) {
    log_.error(failure->text);
    const std::lock_guard guard(broker_mutex_);
    broker_.reset();
  }
  return failure;
}

std::optional<StartFailure> BrokerProgram::start_broker(const std::wstring& service_name) {
  auto options = effective_options();
  if (auto* failure = std::get_if<StartFailure>(&options)) {
    return std::move(*failure);
  }
  if (!service_name.empty()) {
    for (const auto& line : configure_service(service_name)) {
      log_.debug("Service configuration: " + line);
    }
  }
  auto broker = std::make_unique<BrokerService>(std::get<Options>(options), log_);
  if (auto failure = broker->start()) {
    return failure;
  }
  const std::lock_guard guard(broker_mutex_);
  broker_ = std::move(broker);
  return std::nullopt;
}

ExitCode BrokerProgram::run() {
  auto code = ExitCode::success;
  try {
    broker_->run();
  } catch (const std::exception& error) {
    log_.error(std::string("The broker ends on an unexpected error: ") + error.what() +
               ". References are in its journal and come back at the next start.");
    code = ExitCode::unexpected;
  }
  const std::lock_guard guard(broker_mutex_);
  broker_.reset();
  return code;
}

void BrokerProgram::stop() {
  watchdog_.begin();
  const std::lock_guard guard(broker_mutex_);
  if (broker_) {
    broker_->stop();
  }
}

void BrokerProgram::read_settings_again() {
  auto options = effective_options();
  if (const auto* failure = std::get_if<StartFailure>(&options)) {
    log_.warning("The settings were not read again: " + failure->text);
    return;
  }
  const std::lock_guard guard(broker_mutex_);
  if (broker_) {
    broker_->apply_limits(std::get<Options>(options).limits);
    log_.info("The settings have been read again.");
  }
}

void BrokerProgram::session_changed(std::uint32_t session, std::string_view what) {
  const std::lock_guard guard(broker_mutex_);
  if (broker_) {
    broker_->note_session_change(session, what);
  }
}

std::variant<Options, StartFailure> BrokerProgram::effective_options() {
  const auto settings = read_machine_settings({});
  for (const auto& remark : settings.remarks) {
    log_.warning(remark);
  }
  auto options = read_options(arguments_, settings.limits);
  if (auto* failure = std::get_if<StartFailure>(&options)) {
    return std::move(*failure);
  }
  if (std::holds_alternative<SayAndExit>(options)) {
    return StartFailure{ExitCode::usage, "--help and --version are no options of a service."};
  }
  return std::get<Options>(std::move(options));
}

}  // namespace profile_broker::service
