// The steered process behind holder_process_posix.h.
#include "tests/client-lib/holder_process_posix.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "client-lib/broker_client.h"
#include "tests/client-lib/names.h"

namespace profile_broker::client {
namespace {

// Until the test's end of the socket is closed.
void serve(int socket, const std::string& address, const std::string& marks) {
  BrokerClient client(endpoint_at(address), HiveMarks(marks));
  std::uint32_t removals = 0;
  bool hang = false;
  client.set_remover([&](const std::string&) {
    ++removals;
    if (hang) {
      ::raise(SIGSTOP);
    }
    return hresult::kOk;
  });
  Ledger::Handle handle = 0;
  char command = 0;
  while (::read(socket, &command, 1) == 1) {
    hang = command == 'h';
    const std::uint32_t answer = command == 'a'
                                     ? client.acquire(name("Mail Gateway"), true, handle).result
                                 : command == 'r' || hang ? client.release(handle).result
                                                          : removals;
    if (::write(socket, &answer, sizeof answer) != sizeof answer) {
      return;
    }
  }
}

}  // namespace

HolderProcess::HolderProcess(const std::string& address, const std::string& marks) {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    throw std::runtime_error("no socket pair");
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(sockets[0]);
    serve(sockets[1], address, marks);
    ::_exit(0);
  }
  ::close(sockets[1]);
  socket_ = sockets[0];
}

HolderProcess::~HolderProcess() {
  kill();
  ::close(socket_);
}

void HolderProcess::say(char command) const {
  if (::write(socket_, &command, 1) != 1) {
    throw std::runtime_error("the holder's process has ended");
  }
}

std::uint32_t HolderProcess::tell(char command) const {
  say(command);
  std::uint32_t answer = 0;
  if (::recv(socket_, &answer, sizeof answer, MSG_WAITALL) != sizeof answer) {
    throw std::runtime_error("the holder's process has ended");
  }
  return answer;
}

void HolderProcess::hang_while_deleting() const {
  say('h');
  int status = 0;
  if (::waitpid(pid_, &status, WUNTRACED) != pid_ || !WIFSTOPPED(status)) {
    throw std::runtime_error("the holder's process has ended instead of hanging");
  }
}

void HolderProcess::freeze() const {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void HolderProcess::thaw() const {
  ::kill(pid_, SIGCONT);
}

void HolderProcess::kill() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
}

}  // namespace profile_broker::client
