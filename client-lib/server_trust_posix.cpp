// SO_PEERCRED behind server_trust.h: the user who called listen().
#include "client-lib/server_trust.h"

#include <sys/socket.h>

namespace profile_broker::client {

std::optional<std::string> owner_of_server(NativeHandle handle) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(static_cast<int>(handle), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return std::nullopt;
  }
  return std::to_string(peer.uid);
}

}  // namespace profile_broker::client
