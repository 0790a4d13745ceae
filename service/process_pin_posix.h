// Linux only: a pin from a pidfd that the kernel handed over (SO_PEERPIDFD), so that no moment is
// left in which the pid could change hands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "service/process_pin.h"
#include "service/unique_fd_posix.h"

namespace profile_broker::service {

// pidfd: when there is none, errno says why. Null and may_run as for pin_process().
std::unique_ptr<ProcessPin> pin_pidfd(const boost::asio::any_io_executor& executor,
                                      std::uint32_t pid, UniqueFd pidfd, bool& may_run);

struct PinnedProcess;

// The processes that are pinned for one listener, by pid, so that a further connection of one costs
// no look into /proc. Knows them for as long as a pin of theirs lives.
class PinnedProcesses {
 public:
  // As pin_pidfd(), of the peer of a connection that was just accepted.
  std::unique_ptr<ProcessPin> pin(const boost::asio::any_io_executor& executor, std::uint32_t pid,
                                  UniqueFd pidfd, bool& may_run);
  // For a connection whose peer had this pid when it connected, accepted after those of pin() and
  // from the same queue: a further pin of the process that has the pid. Null when it is not known
  // or has ended: then pin() it. The kernel hands connections out in the order in which they were
  // made, so the known process had the pid before this connection was made; it has it still; so
  // nobody else had it in between.
  std::unique_ptr<ProcessPin> pin_again(const boost::asio::any_io_executor& executor,
                                        std::uint32_t pid) const;

 private:
  std::unordered_map<std::uint32_t, std::weak_ptr<PinnedProcess>> known_;
  std::size_t clean_from_ = 64;  // entries, of which many have gone
};

}  // namespace profile_broker::service
