// Socket paths behind endpoint.h.
#include "client-lib/endpoint.h"

#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "proto/endpoint.h"

namespace profile_broker::client {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Endpoint default_endpoint() {
  auto address = environment(kEndpointVariable);
  return endpoint_at(address.empty() ? default_socket_path(environment("XDG_RUNTIME_DIR"))
                                     : std::move(address));
}

Endpoint endpoint_at(std::string address) {
  return {std::move(address), {"0", std::to_string(::getuid())}};
}

bool is_local_address(std::string_view address) {
  return !address.empty() && address.size() < sizeof(sockaddr_un::sun_path);
}

bool is_service_installed(const Endpoint& endpoint) {
  return ::access(endpoint.address.c_str(), F_OK) == 0;
}

}  // namespace profile_broker::client
