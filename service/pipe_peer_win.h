// A connected pipe client and the process behind it.
#pragma once

#include <boost/asio/windows/stream_handle.hpp>
#include <cstdint>
#include <memory>
#include <variant>

#include "service/listener.h"

namespace profile_broker::service {

// Pins the process at the other end of a connected instance. Trouble, without back-off, when that
// client has gone in the meantime; pipe is closed then. accepted_at: file_time_now() of its
// connect.
std::variant<std::unique_ptr<Peer>, AcceptTrouble> make_pipe_peer(
    boost::asio::windows::stream_handle pipe, std::uint64_t accepted_at);

}  // namespace profile_broker::service
