// The thread's token behind process_identity.h.
#include "client-lib/process_identity.h"

#include <windows.h>

#include "client-lib/handle_win.h"

namespace profile_broker::client {

struct ProcessIdentity::Token {
  KernelHandle handle;
};

ProcessIdentity::ProcessIdentity() {
  KernelHandle handle;
  // As the process (OpenAsSelf): the impersonated user need not be allowed to open it.
  if (!OpenThreadToken(GetCurrentThread(), TOKEN_IMPERSONATE | TOKEN_QUERY, TRUE,
                       handle.receive())) {
    holds_ = GetLastError() == ERROR_NO_TOKEN;
    return;
  }
  token_ = std::make_unique<Token>(Token{std::move(handle)});
  if (!SetThreadToken(nullptr, nullptr)) {
    token_.reset();
    holds_ = false;
  }
}

ProcessIdentity::~ProcessIdentity() {
  if (token_ && !SetThreadToken(nullptr, token_->handle.get())) {
    RaiseFailFastException(nullptr, nullptr, 0);
  }
}

}  // namespace profile_broker::client
