// Where this process looks for the service, and whom it takes for the service. The address comes
// from MAPI_PROFILE_BROKER_ENDPOINT, else from proto/endpoint.h. Whoever can set a process's
// environment gains nothing by that: the server's owner is checked whatever the address, and on
// Windows only pipes of this machine are addresses (a remote one would show the process's
// credentials to another host).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace profile_broker::client {

struct Endpoint {
  std::string address;  // UTF-8: a pipe's name, on Linux a socket's path
  // Who may own the server: on Windows SIDs (default: LocalSystem), on Linux user ids (root and the
  // own one). Another list is for tests.
  std::vector<std::string> trusted_owners;
};

inline constexpr const char* kEndpointVariable = "MAPI_PROFILE_BROKER_ENDPOINT";

Endpoint default_endpoint();
// The default's trusted owners at another address.
Endpoint endpoint_at(std::string address);

// Whether the address can be one at all.
bool is_local_address(std::string_view address);

// Whether a service that does not answer there is installed: on Windows whether the service control
// manager's database has it, on Linux whether the socket's file exists.
bool is_service_installed(const Endpoint& endpoint);

}  // namespace profile_broker::client
