// Who is at the other end of a fresh connection, asked before the first byte is written: until then
// a false server has learned nothing and cannot impersonate anybody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace profile_broker::client {

// A pipe handle or a socket, as its integer. Borrowed.
using NativeHandle = std::intptr_t;

// On Windows the SID that owns the pipe: an unprivileged process cannot own an object as SYSTEM. On
// Linux the peer's user id. Nothing when it cannot be found out.
std::optional<std::string> owner_of_server(NativeHandle handle);

}  // namespace profile_broker::client
