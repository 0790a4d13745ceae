// Decides who a pipe client is, from two witnesses: the token that Windows captured when the pipe
// was opened (the authority) and the process that opened it (pinned right after accept; its pid
// alone proves nothing). They must agree. Nothing that a client says takes part.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "service/client_identity.h"
#include "service/handle_win.h"
#include "service/token_facts_win.h"

namespace profile_broker::service {

// The process at the other end, as it was when it was pinned. Times are FILETIME ticks.
struct PeerProcess {
  ProcessKey key;
  std::string image;
  TokenFacts token;
  std::uint64_t accepted_at = 0;
  std::uint64_t pinned_at = 0;
};

// Reads the token of a pinned process; the text says why not.
std::variant<TokenFacts, std::string> read_process_token(HANDLE process);

// Now, on the clock that process creation times come from, never behind it.
std::uint64_t file_time_now();

// Why this peer is not served, with both values where two disagree; nothing when it is.
std::optional<std::string> reason_to_refuse(const TokenFacts& client, const PeerProcess& process);

// Callable after the peer was found agreeable.
Caller make_caller(const TokenFacts& client, const PeerProcess& process);

// All of it: impersonates, reads, judges. pipe is borrowed.
std::variant<Caller, std::string> identify_peer(HANDLE pipe, const PeerProcess& process,
                                                std::string_view first_frame);

}  // namespace profile_broker::service
