#include "service/broker_program_win.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "service/last_words.h"
#include "service/service_configuration_win.h"

namespace profile_broker::service {

BrokerProgram::BrokerProgram(std::vector<std::string> arguments, Log& log, HungStop hung)
    : arguments_(std::move(arguments)),
      log_(log),
      watchdog_(
          [&log, hung] {
            log.report(log_event<LogEventId::stop_hung>(hung.after.count()));
            hung.end_by_force(ExitCode::stop_hung);
          },
          hung.after) {}

BrokerProgram::~BrokerProgram() = default;

std::optional<StartFailure> BrokerProgram::start(const std::wstring& service_name,
                                                 std::vector<std::string> arguments) {
  std::optional<StartFailure> failure;
  try {
    arguments_.insert(arguments_.end(), std::make_move_iterator(arguments.begin()),
                      std::make_move_iterator(arguments.end()));
    failure = start_broker(service_name);
    if (!failure) {
      watch_settings();
    }
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
  auto read = effective_options();
  if (auto* failure = std::get_if<StartFailure>(&read)) {
    return std::move(*failure);
  }
  const auto& effective = std::get<Effective>(read);
  report(effective.remarks);
  limits_ = effective.options.limits;
  remarks_ = effective.remarks;
  if (!service_name.empty()) {
    for (const auto& line : configure_service(service_name)) {
      log_.debug("Service configuration: " + line);
    }
  }
  auto broker = std::make_unique<BrokerService>(effective.options, log_);
  if (auto failure = broker->start()) {
    return failure;
  }
  const std::lock_guard guard(broker_mutex_);
  broker_ = std::move(broker);
  return std::nullopt;
}

// Without a watch PARAMCHANGE and the next start are left.
void BrokerProgram::watch_settings() {
  try {
    settings_watch_.emplace(HKEY_LOCAL_MACHINE, std::vector<std::wstring>{kSettingsKey, kPolicyKey},
                            [this] { take_settings(true); });
  } catch (const std::exception& error) {
    log_.report(log_event<LogEventId::settings_not_read>(error.what()));
  }
}

ExitCode BrokerProgram::run() {
  const LastWords last_words(log_);
  broker_->run();
  settings_watch_.reset();
  const std::lock_guard guard(broker_mutex_);
  broker_.reset();
  return ExitCode::success;
}

void BrokerProgram::stop() {
  watchdog_.begin();
  const std::lock_guard guard(broker_mutex_);
  if (broker_) {
    broker_->stop();
  }
}

void BrokerProgram::read_settings_again() {
  take_settings(false);
}

void BrokerProgram::take_settings(bool only_news) {
  try {
    const std::lock_guard reading(settings_mutex_);
    auto read = effective_options();
    if (const auto* failure = std::get_if<StartFailure>(&read)) {
      log_.report(log_event<LogEventId::settings_not_read>(failure->text));
      return;
    }
    auto& effective = std::get<Effective>(read);
    const auto& limits = effective.options.limits;
    if (only_news && limits == limits_ && effective.remarks == remarks_) {
      return;
    }
    report(effective.remarks);
    limits_ = limits;
    remarks_ = std::move(effective.remarks);
    const std::lock_guard guard(broker_mutex_);
    if (broker_) {
      broker_->apply_limits(limits_);
      log_.report(log_event<LogEventId::settings_read>());
    }
  } catch (const std::exception& error) {
    log_.report(log_event<LogEventId::settings_not_read>(error.what()));
  }
}

void BrokerProgram::logged_on(std::uint32_t session) {
  log_.report(log_event<LogEventId::logged_on>(session));
}

void BrokerProgram::logged_off(std::uint32_t session) {
  log_.report(log_event<LogEventId::logged_off>(session));
}

std::variant<BrokerProgram::Effective, StartFailure> BrokerProgram::effective_options() const {
  auto settings = read_machine_settings({});
  auto options = read_options(arguments_, settings.limits);
  if (auto* failure = std::get_if<StartFailure>(&options)) {
    return std::move(*failure);
  }
  if (std::holds_alternative<SayAndExit>(options)) {
    return StartFailure{ExitCode::usage, "--help and --version are no options of a service."};
  }
  Effective effective{std::get<Options>(std::move(options)), std::move(settings.remarks)};
  auto policy = read_machine_settings(effective.options.limits, HKEY_LOCAL_MACHINE, kPolicyKey);
  effective.options.limits = policy.limits;
  std::move(policy.remarks.begin(), policy.remarks.end(), std::back_inserter(effective.remarks));
  return effective;
}

void BrokerProgram::report(const std::vector<std::string>& remarks) {
  for (const auto& remark : remarks) {
    log_.report(log_event<LogEventId::setting_changed>(remark));
  }
}

}  // namespace profile_broker::service
