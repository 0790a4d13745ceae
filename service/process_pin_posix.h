// Linux only: a pin from a pidfd that the kernel handed over (SO_PEERPIDFD), so that no moment is
// left in which the pid could change hands.
#pragma once

#include <memory>

#include "service/process_pin.h"
#include "service/unique_fd_posix.h"

namespace profile_broker::service {

// pidfd: when there is none, errno says why. Null and may_run as for pin_process().
std::unique_ptr<ProcessPin> pin_pidfd(const boost::asio::any_io_executor& executor,
                                      std::uint32_t pid, UniqueFd pidfd, bool& may_run);

}  // namespace profile_broker::service
