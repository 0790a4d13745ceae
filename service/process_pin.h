// Keeps one process identifiable while it is needed and tells when it ends: an open process handle
// on Windows (the pid cannot come back while a handle is open), a pidfd on Linux. Does not know why
// anybody cares.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <string>

#include "service/client_identity.h"

namespace profile_broker::service {

class ProcessPin {
 public:
  virtual ~ProcessPin() = default;  // ends the wait; its callback is then never called

  const ProcessKey& key() const { return key_; }
  const std::string& image() const { return image_; }
  std::uint32_t session() const { return session_; }

  // Calls ended once, on the executor's thread, when the process has ended. Call it at most once.
  virtual void wait_for_end(std::function<void()> ended) = 0;

 protected:
  ProcessKey key_;
  std::string image_;
  std::uint32_t session_ = 0;
};

// Pins a running process by its pid; null when there is none, or it has ended already (a zombie has
// ended).
std::unique_ptr<ProcessPin> pin_process(const boost::asio::any_io_executor& executor,
                                        std::uint32_t pid);
// The same; when it gives null, may_run says whether the process may be running all the same: the
// system is short of descriptors or memory and cannot tell.
std::unique_ptr<ProcessPin> pin_process(const boost::asio::any_io_executor& executor,
                                        std::uint32_t pid, bool& may_run);

// What makes ProcessKey unique beyond the run of one kernel: the boot id on Linux; empty on
// Windows, where creation times are absolute. Journals of another boot hold no live process.
std::string boot_identity();

}  // namespace profile_broker::service
