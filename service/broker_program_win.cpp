#include "service/broker_program_win.h"

#include <exception>
#include <iterator>
#include <utility>

#include "service/service_configuration_win.h"

namespace profile_broker::service {

BrokerProgram::BrokerProgram(std::vector<std::string> arguments, Log& log)
    : arguments_(std::move(arguments)), log_(log), watchdog_([&log] {
        log.report(log_event<LogEventId::stop_hung>(kStopDeadline.count()));
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
    log_.report(
        log_event<LogEventId::start_failed>(static_cast<int>(failure->code), failure->text));
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
    log_.report(log_event<LogEventId::ended_unexpectedly>(error.what()));
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
    log_.report(log_event<LogEventId::settings_not_read>(failure->text));
    return;
  }
  const std::lock_guard guard(broker_mutex_);
  if (broker_) {
    broker_->apply_limits(std::get<Options>(options).limits);
    log_.report(log_event<LogEventId::settings_read>());
  }
}

void BrokerProgram::logged_on(std::uint32_t session) {
  log_.report(log_event<LogEventId::logged_on>(session));
}

void BrokerProgram::logged_off(std::uint32_t session) {
  log_.report(log_event<LogEventId::logged_off>(session));
}

std::variant<Options, StartFailure> BrokerProgram::effective_options() {
  const auto settings = read_machine_settings({});
  report_remarks(settings);
  auto options = read_options(arguments_, settings.limits);
  if (auto* failure = std::get_if<StartFailure>(&options)) {
    return std::move(*failure);
  }
  if (std::holds_alternative<SayAndExit>(options)) {
    return StartFailure{ExitCode::usage, "--help and --version are no options of a service."};
  }
  auto effective = std::get<Options>(std::move(options));
  const auto policy = read_machine_settings(effective.limits, HKEY_LOCAL_MACHINE, kPolicyKey);
  report_remarks(policy);
  effective.limits = policy.limits;
  return effective;
}

void BrokerProgram::report_remarks(const MachineSettings& settings) {
  for (const auto& remark : settings.remarks) {
    log_.report(log_event<LogEventId::setting_changed>(remark));
  }
}

}  // namespace profile_broker::service
