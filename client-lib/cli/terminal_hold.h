// The terminal while a full screen is drawn on it: what is typed is not shown, and Ctrl+C (or a
// request to end) is noticed instead of ending the process in the middle, so that the screen can be
// restored. One at a time; everything is as before when it goes.
#pragma once

namespace profile_broker::client::cli {

class TerminalHold {
 public:
  TerminalHold();
  ~TerminalHold();
  TerminalHold(const TerminalHold&) = delete;
  TerminalHold& operator=(const TerminalHold&) = delete;

  // Whether somebody wants an end. Any thread.
  bool ended() const;
};

}  // namespace profile_broker::client::cli
