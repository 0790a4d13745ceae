// A byte stream to the service on which every step ends at a deadline. Knows handles; knows no
// frame, no JSON and no retry. Not for two threads at once: the session gives turns.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "client-lib/endpoint.h"
#include "client-lib/patience.h"

namespace profile_broker::client {

enum class ChannelError {
  not_installed,  // nobody listens and nobody is registered to
  not_running,    // nobody listens
  denied,         // this process may not connect
  untrusted,      // somebody listens who is not the service
  timed_out,
  broken,  // the other end is gone
};

class Channel {
 public:
  // Connects and verifies the server, before anything is written. The handle is not inherited by
  // child processes.
  static std::variant<Channel, ChannelError> open(const Endpoint& endpoint, Deadline deadline);

  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) noexcept;
  ~Channel();

  // All of it, or an error after which the stream is of no use.
  std::optional<ChannelError> write(std::string_view bytes, Deadline deadline);
  // At least one byte.
  std::variant<std::size_t, ChannelError> read(char* buffer, std::size_t size, Deadline deadline);

 private:
  struct Handles;
  explicit Channel(std::unique_ptr<Handles> handles);

  std::unique_ptr<Handles> handles_;
};

}  // namespace profile_broker::client
