// Tokens to test with: the test's own, and weaker ones made from it.
#pragma once

#include <windows.h>

#include <sddl.h>

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

// Wine's tokens have neither an integrity level that can be set nor restricting SIDs.
inline bool running_under_wine() {
  return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
}

inline LocalMemory sid_from_text(const wchar_t* text) {
  PSID sid = nullptr;
  REQUIRE(ConvertStringSidToSidW(text, &sid) != FALSE);
  return LocalMemory(sid);
}

// As of a sandboxed process, as browsers start them.
inline KernelHandle token_of_low_integrity() {
  HANDLE token = nullptr;
  REQUIRE(DuplicateTokenEx(own_token().get(), TOKEN_ALL_ACCESS, nullptr, SecurityImpersonation,
                           TokenPrimary, &token) != FALSE);
  KernelHandle low(token);
  const auto level = sid_from_text(L"S-1-16-4096");
  TOKEN_MANDATORY_LABEL label{{level.get(), SE_GROUP_INTEGRITY}};
  REQUIRE(SetTokenInformation(token, TokenIntegrityLevel, &label, sizeof label) != FALSE);
  return low;
}

// A token that is granted what both its groups and the SID S-1-5-12 (RESTRICTED) are granted.
inline KernelHandle token_with_restricting_sid() {
  const auto restricted = sid_from_text(L"S-1-5-12");
  SID_AND_ATTRIBUTES restricting{restricted.get(), 0};
  HANDLE token = nullptr;
  REQUIRE(CreateRestrictedToken(own_token().get(), 0, 0, nullptr, 0, nullptr, 1, &restricting,
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
