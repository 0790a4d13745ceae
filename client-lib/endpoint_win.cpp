// Pipe names and the service's registration behind endpoint.h. Asks the registry, not the service
// control manager: an RPC has no deadline.
#include "client-lib/endpoint.h"

#include <windows.h>

#include "client-lib/wide_text_win.h"
#include "proto/endpoint.h"

namespace profile_broker::client {
namespace {

constexpr std::string_view kLocalPipes = R"(\\.\pipe\)";
constexpr const wchar_t* kServiceKey = L"SYSTEM\\CurrentControlSet\\Services\\MapiProfileBroker";
constexpr const char* kLocalSystem = "S-1-5-18";

}  // namespace

Endpoint default_endpoint() {
  wchar_t value[MAX_PATH];
  const DWORD length = GetEnvironmentVariableW(L"MAPI_PROFILE_BROKER_ENDPOINT", value, MAX_PATH);
  if (length > 0 && length < MAX_PATH) {
    if (const auto address = utf8_from_wide({value, length})) {
      return endpoint_at(*address);
    }
  }
  return endpoint_at(std::string(kPipeName));
}

Endpoint endpoint_at(std::string address) {
  return {std::move(address), {kLocalSystem}};
}

bool is_local_address(std::string_view address) {
  return address.size() > kLocalPipes.size() &&
         address.substr(0, kLocalPipes.size()) == kLocalPipes &&
         address.find('/') == std::string_view::npos &&
         address.find("..") == std::string_view::npos;
}

bool is_service_installed(const Endpoint& endpoint) {
  if (endpoint.address != kPipeName) {
    return true;  // somebody named a pipe: whoever should serve it is not running
  }
  HKEY key = nullptr;
  const LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, kServiceKey, 0, KEY_QUERY_VALUE, &key);
  if (status == ERROR_SUCCESS) {
    RegCloseKey(key);
  }
  return status != ERROR_FILE_NOT_FOUND;
}

}  // namespace profile_broker::client
