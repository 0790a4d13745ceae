// `watch` on a real terminal: the tool as a process on a pseudo terminal.
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "client-lib/broker_client.h"
#include "client-lib/cli/live_screen.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/names.h"
#include "tests/client-lib/service_process_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::client {
namespace {

class WatchingTerminal {
 public:
  explicit WatchingTerminal(const ServiceProcess& service) {
    const auto address = service.address();
    winsize size{24, 80, 0, 0};
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ == 0) {
      ::setenv("TERM", "xterm", 1);
      ::unsetenv("NO_COLOR");
      ::execl(PROFILE_BROKER_TOOL, PROFILE_BROKER_TOOL, "--endpoint", address.c_str(), "watch",
              nullptr);
      ::_exit(127);
    }
    ::fcntl(terminal_, F_SETFL, O_NONBLOCK);
  }
  ~WatchingTerminal() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(terminal_);
  }
  WatchingTerminal(const WatchingTerminal&) = delete;
  WatchingTerminal& operator=(const WatchingTerminal&) = delete;

  // Whether that appears after whatever was waited for before.
  bool shows(std::string_view text) {
    return eventually([&] {
      read();
      const auto found = shown_.find(text, seen_);
      seen_ = found == std::string::npos ? seen_ : found + text.size();
      return found != std::string::npos;
    });
  }
  void resize(unsigned short columns, unsigned short rows) const {
    winsize size{rows, columns, 0, 0};
    ::ioctl(terminal_, TIOCSWINSZ, &size);
  }
  void type(std::string_view keys) const {
    REQUIRE(::write(terminal_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  // Its wait status, or nothing while it runs.
  bool has_ended(int& status) {
    read();
    if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = 0;
    }
    read();
    return pid_ == 0;
  }
  const std::string& shown() const { return shown_; }

 private:
  void read() {
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(terminal_, buffer, sizeof buffer)) > 0;) {
      shown_.append(buffer, static_cast<std::size_t>(got));
    }
  }

  pid_t pid_ = 0;
  int terminal_ = -1;
  std::string shown_;
  std::size_t seen_ = 0;
};

}  // namespace

TEST_CASE("watch on a terminal is a screen that follows events, sizes and the service's absence") {
  ServiceProcess service;
  WatchingTerminal terminal(service);
  REQUIRE(terminal.shows(cli::kEnterScreen));
  REQUIRE(terminal.shows("This account has no profile in use"));
  BrokerClient client(endpoint_at(service.address()), HiveMarks(service.file("holder's marks")));
  Ledger::Handle handle = 0;
  REQUIRE(client.acquire(name("Mail Gateway"), false, handle).result == hresult::kOk);
  CHECK(terminal.shows("  session "));
  CHECK(terminal.shows("\x1b[1mMail Gateway\x1b[0m"));
  CHECK(terminal.shows("\x1b[32min use\x1b[0m"));
  CHECK(terminal.shows("'Mail Gateway'  taken into use"));

  terminal.resize(12, 5);
  CHECK(terminal.shows("\x1b[2J"));
  CHECK(terminal.shows("EVENTS"));
  terminal.resize(80, 24);

  service.kill();
  CHECK(terminal.shows("is not running"));
  service.start();
  CHECK(terminal.shows("taken into use"));  // drawn again, with the events of before

  int status = -1;
  terminal.type("typed, but not shown\x1a\x03");  // Ctrl+Z does not stop it, Ctrl+C ends it
  CHECK(eventually([&] { return terminal.has_ended(status); }));
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(terminal.shown().find("typed") == std::string::npos);
  CHECK(terminal.shown().ends_with(cli::kLeaveScreen));
}

}  // namespace profile_broker::client
