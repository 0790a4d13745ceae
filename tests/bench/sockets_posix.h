// Blocking connections to a server, for everything that is not measured request by request: filling
// it, asking it a single question, waiting for it.
#pragma once

#include <sys/un.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/bench/wire.h"

namespace profile_broker::bench {

// A path that is too long is cut off: nobody listens there.
sockaddr_un local_address(const std::string& path);

// Connects and greets; -1 when the server refuses.
int connected(const Wire& wire, const std::string& endpoint);

// Acquires the entries first to first + count - 1 over one connection, 64 in flight. The reason
// when it fails.
std::string fill(const Wire& wire, int socket, std::uint64_t first, std::uint64_t count);

// Blocking, whole. False when the other side has gone.
bool send_all(int socket, std::string_view bytes);
bool receive_more(int socket, std::string& bytes);

// Sends one request and reads its answer, a success or not. False: the server has gone.
bool ask(const Wire& wire, int socket, const std::string& request, std::string& answer);

}  // namespace profile_broker::bench
