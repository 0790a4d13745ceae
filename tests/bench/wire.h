// One wire protocol, as the load generator speaks it: what a request looks like and where an answer
// ends. All servers are driven through this, so that the generator costs the same whoever answers.
// A wire keeps no state and does no I/O but in greet(), which is not measured.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace profile_broker::bench {

enum class Operation { acquire, release, query };

class Wire {
 public:
  virtual ~Wire() = default;

  // What a new connection must have said and heard before its first request; blocking. False:
  // refused.
  virtual bool greet(int /*socket*/) const { return true; }

  // entry numbers the profile (key, name) that is meant; the same number always gives the same
  // bytes.
  virtual std::string request(Operation operation, std::uint64_t entry) const = 0;

  // How many bytes the answer at the front of what was read has: 0 when it is not complete, nothing
  // when it is not the answer of an operation that succeeded.
  virtual std::optional<std::size_t> answer(std::string_view bytes, Operation operation,
                                            std::size_t request_bytes) const = 0;
};

// "echo", "broker", "redis", "dbus", "etcd"; null for any other word.
std::unique_ptr<Wire> wire_named(std::string_view name);

std::unique_ptr<Wire> dbus_wire();
std::unique_ptr<Wire> etcd_wire();

// 36 characters, as long as the names that mail gateways give to the profiles they make.
std::string entry_name(std::uint64_t entry);

// Blocking, whole: for greetings. False when the other side has gone.
bool send_all(int socket, std::string_view bytes);
bool receive_more(int socket, std::string& bytes);

}  // namespace profile_broker::bench
