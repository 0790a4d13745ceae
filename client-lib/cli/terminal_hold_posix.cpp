// Signals and termios behind terminal_hold.h. Ctrl+Z is off: it would leave the shell on a screen
// that is not its own.
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <optional>

#include "client-lib/cli/terminal_hold.h"

namespace profile_broker::client::cli {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

std::atomic<bool> signalled = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler writes it
std::array<struct sigaction, kSignals.size()> actions_before;
std::optional<termios> terminal_before;

void note(int) {
  signalled = true;
}

}  // namespace

TerminalHold::TerminalHold() {
  signalled = false;
  struct sigaction action {};
  action.sa_handler = note;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &action, &actions_before[i]);
  }
  if (termios now{}; ::tcgetattr(STDIN_FILENO, &now) == 0) {
    terminal_before = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
    now.c_cc[VSUSP] = _POSIX_VDISABLE;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
}

TerminalHold::~TerminalHold() {
  if (terminal_before) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &*terminal_before);  // what was typed meanwhile goes
    terminal_before.reset();
  }
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &actions_before[i], nullptr);
  }
}

bool TerminalHold::ended() const {
  return signalled;
}

}  // namespace profile_broker::client::cli
