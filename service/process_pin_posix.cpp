// Process pins on Linux: a pidfd, which stays with its process when the pid is used again, and
// /proc for what people want to read. A pidfd becomes readable when the process ends, reaped or
// not.
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
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

// A whole small file of /proc, without the streams of the library: in a storm each program that
// comes costs three of them, which was a fifth of the service's time.
std::string_view read_small(const char* path, std::span<char> room) {
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  const auto got = file ? ::read(file.get(), room.data(), room.size()) : -1;
  return {room.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

// What stands below /proc/PID.
std::array<char, 32> path_below(std::uint32_t pid, const char* name) {
  std::array<char, 32> path{};
  std::snprintf(path.data(), path.size(), "/proc/%u/%s", pid, name);
  return path;
}

// Fields 6 (session) and 22 (start time) of /proc/PID/stat; proc(5). The program's name in field 2
// may hold anything, so counting starts behind its last parenthesis.
std::optional<ProcessFacts> read_stat(std::uint32_t pid) {
  std::array<char, 1024> room;
  auto rest = read_small(path_below(pid, "stat").data(), room);  // of one that ends now it fails
  rest.remove_prefix(std::min(rest.rfind(')'), rest.size()));
  ProcessFacts facts;
  for (int field = 3; field <= 22; ++field) {
    rest.remove_prefix(std::min(rest.find(' '), rest.size()));
    rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    const char* const end = rest.data() + rest.size();
    if (field == 6 && std::from_chars(rest.data(), end, facts.session).ec != std::errc()) {
      return std::nullopt;
    }
    if (field == 22 && std::from_chars(rest.data(), end, facts.start_time).ec != std::errc()) {
      return std::nullopt;
    }
  }
  return facts;
}

std::string image_of(std::uint32_t pid) {
  std::array<char, PATH_MAX> room;
  const auto length = ::readlink(path_below(pid, "exe").data(), room.data(), room.size());
  if (length > 0) {
    std::string_view name(room.data(), static_cast<std::size_t>(length));
    constexpr std::string_view kDeleted = " (deleted)";
    if (name.ends_with(kDeleted)) {
      name.remove_suffix(kDeleted.size());
    }
    return std::string(name.substr(name.rfind('/') + 1));
  }
  // Another user's process, and we are not root.
  auto name = read_small(path_below(pid, "comm").data(), room);
  return std::string(name.substr(0, name.find('\n')));
}

using Descriptor = boost::asio::posix::stream_descriptor;

}  // namespace

// What all pins of one process share.
struct PinnedProcess {
  UniqueFd unwatched;  // until somebody waits
  ProcessKey key;
  std::uint32_t session = 0;
  std::string image;
  std::optional<Descriptor> watched;

  int pidfd() { return watched ? watched->native_handle() : unwatched.get(); }
};

namespace {

class PosixProcessPin final : public ProcessPin {
 public:
  PosixProcessPin(const boost::asio::any_io_executor& executor,
                  std::shared_ptr<PinnedProcess> process)
      : executor_(executor), process_(std::move(process)) {
    key_ = process_->key;
    session_ = process_->session;
    image_ = process_->image;
  }

  void wait_for_end(std::function<void()> ended) override {
    // Only now Asio's: most pins are of processes that are watched already, and go at once.
    if (!process_->watched) {
      process_->watched.emplace(executor_, process_->unwatched.get());
      process_->unwatched.release();
    }
    waiting_ = std::make_shared<Waiting>(Waiting{process_, std::move(ended)});
    wait(waiting_);
  }

 private:
  struct Waiting {
    std::shared_ptr<PinnedProcess> process;
    std::function<void()> ended;
  };

  // That a wait is over does not say that the process is: Asio may wake whoever waits on a
  // descriptor with the news of another one, which was closed after the kernel had told of it. So
  // the kernel is asked again.
  static void wait(const std::shared_ptr<Waiting>& waiting) {
    waiting->process->watched->async_wait(
        boost::asio::posix::descriptor_base::wait_read,
        [of = std::weak_ptr(waiting)](const boost::system::error_code& error) {
          const auto still = of.lock();
          if (error || !still) {
            return;
          }
          if (has_ended(still->process->pidfd())) {
            still->ended();
          } else {
            wait(still);
          }
        });
  }

  boost::asio::any_io_executor executor_;
  std::shared_ptr<PinnedProcess> process_;
  std::shared_ptr<Waiting> waiting_;
};

// Null and may_run as for pin_process().
std::shared_ptr<PinnedProcess> pinned(std::uint32_t pid, UniqueFd pidfd, bool& may_run) {
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
  return std::make_shared<PinnedProcess>(PinnedProcess{
      std::move(pidfd), {pid, facts->start_time}, facts->session, image_of(pid), std::nullopt});
}

}  // namespace

std::unique_ptr<ProcessPin> pin_pidfd(const boost::asio::any_io_executor& executor,
                                      std::uint32_t pid, UniqueFd pidfd, bool& may_run) {
  auto process = pinned(pid, std::move(pidfd), may_run);
  return process ? std::make_unique<PosixProcessPin>(executor, std::move(process)) : nullptr;
}

std::unique_ptr<ProcessPin> PinnedProcesses::pin(const boost::asio::any_io_executor& executor,
                                                 std::uint32_t pid, UniqueFd pidfd, bool& may_run) {
  auto process = pinned(pid, std::move(pidfd), may_run);
  if (!process) {
    return nullptr;
  }
  if (known_.size() >= clean_from_) {
    std::erase_if(known_, [](const auto& one) { return one.second.expired(); });
    clean_from_ = 2 * known_.size() + 64;
  }
  known_[pid] = process;
  return std::make_unique<PosixProcessPin>(executor, std::move(process));
}

std::unique_ptr<ProcessPin> PinnedProcesses::pin_again(const boost::asio::any_io_executor& executor,
                                                       std::uint32_t pid) const {
  const auto found = known_.find(pid);
  auto process = found == known_.end() ? nullptr : found->second.lock();
  if (!process || has_ended(process->pidfd())) {
    return nullptr;
  }
  return std::make_unique<PosixProcessPin>(executor, std::move(process));
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
