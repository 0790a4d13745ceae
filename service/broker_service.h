// The whole service behind one door: everything between the platform's main and the first client.
// Owns the io_context, the journal, the table, the dispatcher and the server; runs on the one
// thread that calls run(). The mains (main_posix.cpp, main_win.cpp) bring options and a log and say
// when to stop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "service/exit_codes.h"
#include "service/log.h"
#include "service/options.h"

namespace profile_broker::service {

class BrokerService {
 public:
  // log is borrowed and must outlive the service.
  BrokerService(const Options& options, Log& log);
  ~BrokerService();
  BrokerService(const BrokerService&) = delete;
  BrokerService& operator=(const BrokerService&) = delete;

  // Opens the journal, recovers, and listens: once it returns without a failure, clients can
  // connect.
  std::optional<StartFailure> start();

  // Serves until stop; returns when the journal is closed. Call it after a successful start().
  void run();

  // From any thread, any number of times, also before run(): ends run() soon. Clients see their
  // connections end; references stay in the journal.
  void stop();

  // For what is waited for beside the service, on the thread of run(), which must be let go of
  // first.
  boost::asio::any_io_executor executor();

  // From any thread. Settings may have changed (SERVICE_CONTROL_PARAMCHANGE): limits takes effect
  // for what comes next; its recovery_time counts for the next start.
  void apply_limits(const ServiceLimits& limits);

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace profile_broker::service
