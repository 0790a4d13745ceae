// Where connections come from: a named pipe (listener_win.cpp) or a Unix socket
// (listener_posix.cpp). A listener hands out connected peers and keeps the name its own for as long
// as it lives. Who may stay connected is the server's business; what a peer may do is the
// dispatcher's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "service/client_identity.h"
#include "service/exit_codes.h"
#include "service/process_pin.h"
#include "service/transport.h"

namespace profile_broker::service {

// Somebody who has connected.
class Peer {
 public:
  virtual ~Peer() = default;

  virtual Transport& transport() = 0;
  // The process that opened the connection, pinned right after accept. Shared by all its
  // connections through ProcessWatch, which takes it.
  virtual std::unique_ptr<ProcessPin> take_pin() = 0;
  // Whose account the connection counts for until the peer is identified: the pinned process's
  // user.
  virtual const std::string& provisional_user() const = 0;

  // Reads the peer's identity from the operating system. first_frame is the proof that something
  // was read: Windows allows impersonation only then. The reason (for the log, with claimed and
  // actual values) when the peer is refused.
  virtual std::variant<Caller, std::string> blocking_identify(std::string_view first_frame) = 0;
};

// A process that connected and is not let in, before it was a peer.
struct TurnedAway {
  std::string account;  // empty when it cannot be told
  std::uint32_t process = 0;
  std::string image;
};

// Nobody: a client that came and went or is turned away, or a passing shortage. text is for the
// log; back_off: wait before the next accept.
struct AcceptTrouble {
  std::string text;
  bool back_off = false;
  std::optional<TurnedAway> turned_away = {};
};

class Listener {
 public:
  virtual ~Listener() = default;

  // The next peer. Never throws; after close() it returns AcceptTrouble at once.
  virtual boost::asio::awaitable<std::variant<std::unique_ptr<Peer>, AcceptTrouble>> accept() = 0;
  virtual void close() = 0;
};

// Takes the endpoint (a pipe name or a socket path) for this process. StartFailure when it cannot,
// naming who has it where that can be told.
std::variant<std::unique_ptr<Listener>, StartFailure> listen_on(
    const boost::asio::any_io_executor& executor, const std::string& endpoint);

// The endpoint when none is given.
std::string default_endpoint();

}  // namespace profile_broker::service
