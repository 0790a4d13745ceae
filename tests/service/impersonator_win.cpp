// The service's one step into a client's identity, in a process of its own that the step may end.
// Makes a pipe, is its client too, and reads the token at the other end.
//
//   impersonator reverts         the way the service does it: ends with 0 when the thread is itself
//   again impersonator cannot-revert   Windows refuses to give the own identity back: nothing after
//   that may run
#include <windows.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <variant>

#include "service/handle_win.h"
#include "service/pipe_impersonation_win.h"
#include "service/windows_text_win.h"

namespace {

using namespace profile_broker::service;

BOOL WINAPI refuse_to_revert() {
  SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  return FALSE;
}

bool impersonates() {
  HANDLE token = nullptr;
  const bool has_token = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) != FALSE;
  const KernelHandle owner(token);
  return has_token || GetLastError() != ERROR_NO_TOKEN;
}

}  // namespace

int main(int count, char** words) {
  const bool reverts = count == 2 && std::strcmp(words[1], "reverts") == 0;
  const auto name = wide_text(R"(\\.\pipe\impersonator-)" + std::to_string(GetCurrentProcessId()));
  const auto pipe = own_file_handle(
      CreateNamedPipeW(name.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 64, 64, 0, nullptr));
  const auto client = own_file_handle(
      CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                  SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  char frame[8];
  DWORD done = 0;
  if (!pipe || !client || WriteFile(client.get(), "hello", 5, &done, nullptr) == FALSE ||
      ReadFile(pipe.get(), frame, sizeof frame, &done, nullptr) == FALSE) {
    std::fprintf(stderr, "impersonator: no pipe: error %lu\n", GetLastError());
    return 2;
  }
  const auto token =
      client_token(pipe.get(), {frame, done}, reverts ? &RevertToSelf : &refuse_to_revert);
  if (!reverts) {
    std::fprintf(stderr, "impersonator: went on as its client\n");
    return 3;
  }
  // Nor may a failure leave the thread as somebody else.
  const auto nobody = client_token(client.get(), {frame, done});
  if (!std::holds_alternative<KernelHandle>(token) ||
      !std::holds_alternative<std::string>(nobody)) {
    return 4;
  }
  return impersonates() ? 5 : 0;
}
