// Processes and the relay behind service_process_posix.h.
#include "tests/client-lib/service_process_posix.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "client-lib/channel.h"
#include "client-lib/connection.h"
#include "proto/framing.h"
#include "tests/client-lib/eventually.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

// Another build of the service than the test's own: ThreadSanitizer's test of the library needs
// none of the service, which has one thread.
std::string service_program() {
  const char* other = std::getenv("PROFILE_BROKER_PROGRAM");
  return other ? other : PROFILE_BROKER_SERVICE;
}

}  // namespace

void ServiceProcess::start() {
  start_limited(0);
}

void ServiceProcess::start_with_descriptors(unsigned descriptors) {
  start_limited(descriptors);
}

void ServiceProcess::start_limited(unsigned descriptors) {
  const auto program = service_program();
  const auto recovery = std::to_string(recovery_seconds_);
  const auto state = folder_.file("state");
  const auto socket = address();
  const auto log = folder_.file("log");
  pid_ = ::fork();
  if (pid_ == 0) {
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    if (descriptors > 0) {
      const rlimit limit{descriptors, descriptors};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    ::execl(program.c_str(), program.c_str(), "--console", "--endpoint", socket.c_str(), "--state",
            state.c_str(), "--recovery-seconds", recovery.c_str(), nullptr);
    ::_exit(127);
  }
  if (descriptors > 0) {
    return;  // perhaps it has none left to accept a connection with
  }
  const bool answers = eventually([&] {
    return static_cast<bool>(
        Connection::open(endpoint_at(socket), Clock::now() + std::chrono::seconds(1)));
  });
  if (!answers) {
    throw std::runtime_error("the service did not start: " + program);
  }
}

void ServiceProcess::stop() {
  const int status = end(SIGTERM);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::ifstream log(folder_.file("log"));
    UNSCOPED_INFO(std::string(std::istreambuf_iterator<char>(log), {}));
    FAIL_CHECK("the service did not stop in order");
  }
}

void ServiceProcess::kill() {
  end(SIGKILL);
}

int ServiceProcess::end(int signal) {
  int status = 0;
  if (pid_ > 0) {
    ::kill(pid_, signal);
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
  }
  return status;
}

void ServiceProcess::lose_journal() {
  std::filesystem::remove_all(folder_.file("state"));
}

// One connection to the service on behalf of one of the relay's.
class RelayedConnection {
 public:
  explicit RelayedConnection(const std::string& address)
      : channel_(Channel::open(endpoint_at(address), soon())) {}

  // The frame that comes back; nothing when the service is gone.
  std::optional<std::string> exchange(std::string_view frame) {
    auto* channel = std::get_if<Channel>(&channel_);
    std::string bytes;
    append_frame(bytes, frame);
    if (!channel || channel->write(bytes, soon())) {
      return std::nullopt;
    }
    std::array<char, 4096> buffer;
    for (;;) {
      if (const auto answer = reader_.next()) {
        return std::string(*answer);
      }
      const auto got = channel->read(buffer.data(), buffer.size(), soon());
      const auto* size = std::get_if<std::size_t>(&got);
      if (!size) {
        return std::nullopt;
      }
      reader_.append({buffer.data(), *size});
    }
  }

 private:
  static Deadline soon() { return Clock::now() + std::chrono::seconds(5); }

  std::variant<Channel, ChannelError> channel_;
  FrameReader reader_{kMaxAnswerBytes};
};

LossyRelay::LossyRelay(const ServiceProcess& service)
    : server_(std::make_unique<FrameServer>(
          service.file("relay"), FrameServer::HandlerMaker([this, address = service.address()] {
            auto upstream = std::make_shared<RelayedConnection>(address);
            return [this, upstream](std::string_view frame) { return relay(*upstream, frame); };
          }))) {}

void LossyRelay::lose_answer_to(const std::string& method) {
  const std::lock_guard lock(guard_);
  method_to_lose_ = method;
  lost_ = false;
}

std::size_t LossyRelay::count(std::string_view method) const {
  const std::lock_guard lock(guard_);
  return static_cast<std::size_t>(std::count(methods_.begin(), methods_.end(), method));
}

Reply LossyRelay::relay(RelayedConnection& service, std::string_view frame) {
  const auto method = std::get<Request>(read_request(frame)).method;
  bool lose = false;
  {
    const std::lock_guard lock(guard_);
    methods_.push_back(method);
    lose = method == method_to_lose_;
    if (lose) {
      method_to_lose_.clear();
    }
  }
  const auto answer = service.exchange(frame);
  if (!answer || lose) {
    lost_ = lost_ || lose;
    return Reply::hang_up();
  }
  return Reply::frame(*answer);
}

}  // namespace profile_broker::client
