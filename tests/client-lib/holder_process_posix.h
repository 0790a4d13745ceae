// A MAPI program of the account as a process of its own, which the test steers, stops in its tracks
// and lets go on. To be started while the test has no other threads.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace profile_broker::client {

class HolderProcess {
 public:
  // It uses the temporary profile "Mail Gateway".
  HolderProcess(const std::string& address, const std::string& marks);
  ~HolderProcess();
  HolderProcess(const HolderProcess&) = delete;
  HolderProcess& operator=(const HolderProcess&) = delete;

  std::uint32_t acquire() const { return tell('a'); }
  std::uint32_t release() const { return tell('r'); }
  std::uint32_t removals() const { return tell('n'); }  // run in that process so far

  // Releases, and stops in its tracks while it deletes the profile. Returns when it stands.
  void hang_while_deleting() const;

  void freeze() const;  // no thread of it runs
  void thaw() const;
  void kill();
  pid_t pid() const { return pid_; }

 private:
  std::uint32_t tell(char command) const;
  void say(char command) const;

  pid_t pid_ = 0;
  int socket_ = -1;
};

}  // namespace profile_broker::client
