#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "tests/client-lib/other_process.h"

namespace profile_broker::client {

struct OtherProcess::Handle {
  pid_t pid;
};

OtherProcess::OtherProcess() {
  int pipe[2];
  if (::pipe(pipe) != 0) {
    throw std::runtime_error("no pipe");
  }
  handle_ = std::make_unique<Handle>(Handle{::fork()});
  if (handle_->pid == 0) {
    const auto created = stamp_of_this_process().created;
    const bool told = ::write(pipe[1], created.data(), created.size()) > 0;
    ::close(pipe[1]);
    while (told) {
      ::pause();
    }
    ::_exit(1);
  }
  ::close(pipe[1]);
  char created[128];
  const auto size = ::read(pipe[0], created, sizeof created);
  ::close(pipe[0]);
  if (size <= 0) {
    throw std::runtime_error("the other process did not start");
  }
  stamp_ = {static_cast<std::uint32_t>(handle_->pid), {created, static_cast<std::size_t>(size)}};
}

OtherProcess::~OtherProcess() {
  forget();
}

void OtherProcess::end() {
  ::kill(handle_->pid, SIGKILL);
  siginfo_t ended;
  ::waitid(P_PID, static_cast<id_t>(handle_->pid), &ended, WEXITED | WNOWAIT);
}

void OtherProcess::forget() {
  if (handle_) {
    end();
    ::waitpid(handle_->pid, nullptr, 0);
    handle_.reset();
  }
}

}  // namespace profile_broker::client
