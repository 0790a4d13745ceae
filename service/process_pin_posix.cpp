// Process pins on Linux: a pidfd, which stays with its process when the pid is used again, and
// /proc for what people want to read. A pidfd becomes readable when the process ends, reaped or
// not.
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "service/process_pin_posix.h"
#include "service/unique_fd_posix.h"

namespace profile_broker::service {
namespace {

bool has_ended(int pidfd) {
  pollfd poll_one{pidfd, POLLIN, 0};
  return ::poll(&poll_one, 1, 0) != 0;
}

struct ProcessFacts {
  std::uint32_t session = 0;
  std::uint64_t start_time = 0;
};

// Fields 6 (session) and 22 (start time) of /proc/PID/stat; proc(5). The program's name in field 2
// may hold anything, so counting starts behind its last parenthesis.
std::optional<ProcessFacts> read_stat(std::uint32_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string content;
  std::getline(file, content, '\0');  // of a process that ends in this moment it fails
  const auto name_end = content.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(content.substr(name_end + 1));
  std::string skipped;
  ProcessFacts facts;
  for (int field = 3; field <= 22; ++field) {
    if (field == 6) {
      fields >> facts.session;
    } else if (field == 22) {
      fields >> facts.start_time;
    } else {
      fields >> skipped;
    }
  }
  return fields ? std::optional(facts) : std::nullopt;
}

std::string image_of(std::uint32_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::error_code error;
  const auto program = std::filesystem::read_symlink(folder + "/exe", error);
  if (!error) {
    std::string name = program.filename().string();
    constexpr std::string_view kDeleted = " (deleted)";
    if (name.ends_with(kDeleted)) {
      name.resize(name.size() - kDeleted.size());
    }
    return name;
  }
  std::string name;  // another user's process, and we are not root
  std::getline(std::ifstream(folder + "/comm"), name);
  return name;
}

class PosixProcessPin final : public ProcessPin {
 public:
  PosixProcessPin(const boost::asio::any_io_executor& executor, UniqueFd pidfd, ProcessKey key,
                  ProcessFacts facts)
      : pidfd_(std::make_shared<Descriptor>(executor, pidfd.release())) {
    key_ = key;
    session_ = facts.session;
    image_ = image_of(key.pid);
  }

  void wait_for_end(std::function<void()> ended) override { wait(pidfd_, std::move(ended)); }

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;

  // That a wait is over does not say that the process is: Asio may wake whoever waits on a
  // descriptor with the news of another one, which was closed after the kernel had told of it. So
  // the kernel is asked again.
  static void wait(const std::shared_ptr<Descriptor>& pidfd, std::function<void()> ended) {
    pidfd->async_wait(boost::asio::posix::descriptor_base::wait_read,
                      [pinned = std::weak_ptr(pidfd),
                       ended = std::move(ended)](const boost::system::error_code& error) mutable {
                        const auto still = pinned.lock();
                        if (error || !still) {
                          return;
                        }
                        if (has_ended(still->native_handle())) {
                          ended();
                        } else {
                          wait(still, std::move(ended));
                        }
                      });
  }

  std::shared_ptr<Descriptor> pidfd_;
};

}  // namespace

std::unique_ptr<ProcessPin> pin_pidfd(const boost::asio::any_io_executor& executor,
                                      std::uint32_t pid, UniqueFd pidfd, bool& may_run) {
  may_run = !pidfd && errno != ESRCH;
  if (!pidfd) {
    return nullptr;
  }
  const auto facts = read_stat(pid);
  // Looked at after reading: if it lives now, the pid was its own while /proc was read.
  may_run = !has_ended(pidfd.get());
  if (!facts || !may_run) {
    return nullptr;
  }
  return std::make_unique<PosixProcessPin>(executor, std::move(pidfd),
                                           ProcessKey{pid, facts->start_time}, *facts);
}

std::unique_ptr<ProcessPin> pin_process(const boost::asio::any_io_executor& executor,
                                        std::uint32_t pid, bool& may_run) {
  return pin_pidfd(
      executor, pid,
      UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0))), may_run);
}

std::unique_ptr<ProcessPin> pin_process(const boost::asio::any_io_executor& executor,
                                        std::uint32_t pid) {
  bool may_run = false;
  return pin_process(executor, pid, may_run);
}

std::string boot_identity() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

}  // namespace profile_broker::service
