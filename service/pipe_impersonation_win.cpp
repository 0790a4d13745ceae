#include "service/pipe_impersonation_win.h"

#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

// While one of these lives the thread acts as the client: open the token and leave. No allocation,
// no lock, no log line, no co_await. A service that cannot become itself again must not go on: it
// would serve others with this client's identity.
class Impersonation {
 public:
  Impersonation(HANDLE pipe, BOOL(WINAPI* revert)())
      : revert_(revert), active_(ImpersonateNamedPipeClient(pipe) != FALSE) {}
  ~Impersonation() {
    if (active_ && revert_() == FALSE) {
      TerminateProcess(GetCurrentProcess(), ERROR_CANNOT_IMPERSONATE);
    }
  }
  Impersonation(const Impersonation&) = delete;
  Impersonation& operator=(const Impersonation&) = delete;

  bool active() const { return active_; }

 private:
  BOOL(WINAPI* const revert_)();
  const bool active_;
};

// OpenAsSelf: at Identification level the thread itself may open nothing.
DWORD open_client_token(HANDLE pipe, BOOL(WINAPI* revert)(), HANDLE& token) {
  const Impersonation impersonation(pipe, revert);
  if (!impersonation.active() ||
      OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) == FALSE) {
    return GetLastError();
  }
  return ERROR_SUCCESS;
}

}  // namespace

std::variant<KernelHandle, std::string> client_token(HANDLE pipe,
                                                     [[maybe_unused]] std::string_view first_frame,
                                                     BOOL(WINAPI* revert)()) {
  HANDLE token = nullptr;
  const DWORD error = open_client_token(pipe, revert, token);
  if (error != ERROR_SUCCESS) {
    return "its identity cannot be read: " + windows_error_text(error);
  }
  return KernelHandle(token);
}

}  // namespace profile_broker::service
