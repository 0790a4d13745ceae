// The service on Linux: always in a terminal, for development. SIGTERM and SIGINT stop it in order.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "service/broker_service.h"
#include "service/last_words.h"
#include "service/memory_reserve.h"
#include "service/unique_fd_posix.h"

namespace profile_broker::service {

namespace {

// Every process that holds a reference costs a descriptor, every connection another.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

// The kernel's table of them grows with the descriptors that are open; once a process has threads,
// each time that takes 5 to 20 ms in which it does nothing else (synchronize_rcu; seen at 256, 512,
// 1,024, ... descriptors while thousands of programs came). So it grows now.
void take_descriptor_table(const ServiceLimits& limits) {
  rlimit limit{};
  const UniqueFd any(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (any.get() < 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return;
  }
  const rlim_t wanted = 2 * rlim_t{limits.connections} + 64;
  const auto last = static_cast<int>(std::min(limit.rlim_cur, wanted)) - 1;
  const UniqueFd highest(::fcntl(any.get(), F_DUPFD_CLOEXEC, last));
}

int fail(Log& log, const StartFailure& failure) {
  log.report(log_event<LogEventId::start_failed>(static_cast<int>(failure.code), failure.text));
  return static_cast<int>(failure.code);
}

int run(std::vector<std::string> arguments) {
  auto read = read_options(std::move(arguments));
  if (const auto* say = std::get_if<SayAndExit>(&read)) {
    std::fputs(say->text.c_str(), stdout);
    return static_cast<int>(ExitCode::success);
  }
  const auto* options = std::get_if<Options>(&read);
  const auto log = make_console_log(options && options->verbose);
  if (!options) {
    return fail(*log, std::get<StartFailure>(read));
  }
  if (options->task != Task::serve) {
    return fail(*log, {ExitCode::usage, "--configure and --forget-settings are for Windows"});
  }
  raise_descriptor_limit();
  take_descriptor_table(options->limits);
  install_memory_reserve();

  // They come through a descriptor, so that they interrupt nothing and need no thread.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  // Now: a start that finds many holders may leave no descriptor.
  UniqueFd end_asked_for(::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK));

  BrokerService service(*options, *log);
  if (const auto failure = service.start()) {
    return fail(*log, *failure);
  }
  boost::asio::posix::stream_descriptor signals(service.executor(), end_asked_for.get());
  end_asked_for.release();
  signals.async_wait(boost::asio::posix::descriptor_base::wait_read,
                     [&](const boost::system::error_code& error) {
                       if (!error) {
                         service.stop();
                       }
                     });
  const LastWords last_words(*log);
  service.run();
  return static_cast<int>(ExitCode::success);
}

}  // namespace
}  // namespace profile_broker::service

int main(int count, char** arguments) {
  try {
    return profile_broker::service::run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mapi-profile-broker: %s\n", error.what());
    return static_cast<int>(profile_broker::service::ExitCode::unexpected);
  }
}
