// Tokens to test with: the test's own, and weaker ones made from it.
#pragma once

#include <windows.h>

#include "service/handle_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {

inline KernelHandle own_token() {
  HANDLE token = nullptr;
  REQUIRE(OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token) != FALSE);
  return KernelHandle(token);
}

// As of a process that has the group for denials only, as Windows gives administrators under UAC.
inline KernelHandle token_without(WELL_KNOWN_SID_TYPE group) {
  BYTE sid[SECURITY_MAX_SID_SIZE];
  DWORD length = sizeof sid;
  REQUIRE(CreateWellKnownSid(group, nullptr, sid, &length) != FALSE);
  SID_AND_ATTRIBUTES disabled{sid, 0};
  HANDLE token = nullptr;
  REQUIRE(CreateRestrictedToken(own_token().get(), 0, 1, &disabled, 0, nullptr, 0, nullptr,
                                &token) != FALSE);
  return KernelHandle(token);
}

inline KernelHandle impersonation_of(HANDLE primary) {
  HANDLE token = nullptr;
  REQUIRE(DuplicateTokenEx(primary, TOKEN_QUERY | TOKEN_IMPERSONATE, nullptr,
                           SecurityIdentification, TokenImpersonation, &token) != FALSE);
  return KernelHandle(token);
}

}  // namespace profile_broker::service
