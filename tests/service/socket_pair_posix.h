// Two ends of a connected Unix socket, of which ours does not block.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>

#include "service/unique_fd_posix.h"
#include "tests/support/catch.h"

namespace profile_broker::service {

struct SocketPair {
  UniqueFd ours;
  UniqueFd theirs;

  SocketPair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    ours = UniqueFd(ends[0]);
    theirs = UniqueFd(ends[1]);
    REQUIRE(::fcntl(ours.get(), F_SETFL, O_NONBLOCK) == 0);
  }
};

}  // namespace profile_broker::service
