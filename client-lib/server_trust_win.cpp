// The pipe's owner behind server_trust.h. The process id that GetNamedPipeServerProcessId reports
// is that of the first instance's creator, and asking the service control manager for the right one
// is an RPC, so neither serves here.
#include "client-lib/server_trust.h"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include "client-lib/wide_text_win.h"

namespace profile_broker::client {

std::optional<std::string> owner_of_server(NativeHandle handle) {
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD status =
      GetSecurityInfo(reinterpret_cast<HANDLE>(handle), SE_KERNEL_OBJECT,
                      OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr, nullptr, &descriptor);
  if (status != ERROR_SUCCESS) {
    return std::nullopt;
  }
  std::optional<std::string> text;
  wchar_t* sid = nullptr;
  if (owner && ConvertSidToStringSidW(owner, &sid)) {
    text = utf8_from_wide(sid);
    LocalFree(sid);
  }
  LocalFree(descriptor);
  return text;
}

}  // namespace profile_broker::client
