// The real service as a real process: started, killed without warning and started again. And a
// relay to it that loses answers where a test says so.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "tests/client-lib/frame_server_posix.h"
#include "tests/support/scratch_folder.h"

namespace profile_broker::client {

class ServiceProcess {
 public:
  // Listens in a folder of its own. recovery: what it does after kill().
  explicit ServiceProcess(int recovery_seconds = 0) : recovery_seconds_(recovery_seconds) {
    start();
  }
  // started false: for tests that begin without a service.
  ServiceProcess(int recovery_seconds, bool started) : recovery_seconds_(recovery_seconds) {
    if (started) {
      start();
    }
  }
  // In order, so that a leak of the service is reported and fails the test.
  ~ServiceProcess() { stop(); }
  ServiceProcess(const ServiceProcess&) = delete;
  ServiceProcess& operator=(const ServiceProcess&) = delete;

  void start();  // returns when it accepts connections
  // With so many descriptors and no more, whatever the service wants. Returns at once: what it can
  // do with them is seen in its log.
  void start_with_descriptors(unsigned descriptors);
  void stop();  // in order; that it does not end so, or a sanitizer's report, fails the test
  void kill();  // SIGKILL
  void lose_journal();

  pid_t pid() const { return pid_; }
  std::string address() const { return folder_.file("socket"); }
  std::string marks() const { return folder_.file("marks"); }
  std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  int end(int signal);                       // the wait status; 0 when nothing runs
  void start_limited(unsigned descriptors);  // 0: no limit of ours

  ScratchFolder folder_;
  int recovery_seconds_;
  pid_t pid_ = 0;
};

// Between a client of this process and the service.
class LossyRelay {
 public:
  explicit LossyRelay(const ServiceProcess& service);

  std::string address() const { return server_->address(); }
  // The next answer to that method reaches nobody: the service has acted, the connection ends.
  void lose_answer_to(const std::string& method);
  bool lost() const { return lost_; }
  std::size_t count(std::string_view method) const;

 private:
  Reply relay(class RelayedConnection& service, std::string_view frame);

  mutable std::mutex guard_;
  std::string method_to_lose_;
  std::vector<std::string> methods_;
  std::atomic<bool> lost_ = false;
  std::unique_ptr<FrameServer> server_;  // last: its threads use the others
};

}  // namespace profile_broker::client
