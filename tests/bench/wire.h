// One wire protocol, as the load generator speaks it: what a request looks like and where an answer
// ends. All servers are driven through this, so that the generator costs the same whoever answers.
// A wire keeps no state and does no I/O but in greet(), which is not measured.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

  // What a program that comes says, one after another: it says hello, sweeps, acquires the entry.
  virtual std::vector<std::string> arrival(std::uint64_t entry) const {
    return {request(Operation::acquire, entry)};
  }

  // How many bytes the answer at the front of what was read has: 0 when it is not complete, nothing
  // when it is not the answer of an operation that succeeded.
  virtual std::optional<std::size_t> answer(std::string_view bytes, Operation operation,
                                            std::size_t request_bytes) const = 0;
};

// "echo", "broker", "redis", "dbus", "etcd"; null for any other word.
std::unique_ptr<Wire> wire_named(std::string_view name);

std::unique_ptr<Wire> broker_wire();
std::unique_ptr<Wire> echo_wire();
std::unique_ptr<Wire> dbus_wire();
std::unique_ptr<Wire> etcd_wire();

// 36 characters, as long as the names that mail gateways give to the profiles they make; entries
// are below 1,000,000,000.
std::string entry_name(std::uint64_t entry);
// The reference that an acquire of this entry makes.
std::string uuid_of(std::uint64_t entry);

// Any request to the broker; params is JSON.
std::string broker_request(std::string_view method, std::string_view params);

}  // namespace profile_broker::bench
