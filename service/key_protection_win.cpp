#include "service/key_protection_win.h"

#include <aclapi.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "service/handle_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

// Groups that hold everybody, or whoever comes in one way or another.
constexpr std::array kGroupsOfAnybody = {
    WinWorldSid,
    WinAuthenticatedUserSid,
    WinBuiltinUsersSid,
    WinInteractiveSid,
    WinLocalSid,
    WinNetworkSid,
    WinBatchSid,
    WinServiceSid,
    WinTerminalServerSid,
    WinRemoteLogonIdSid,
    WinAnonymousSid,
    WinBuiltinGuestsSid,
    WinBuiltinAnyPackageSid,
    WinBuiltinRemoteDesktopUsersSid,
};

// Whoever has one of these can change the values, or take what is needed to do so.
constexpr ACCESS_MASK kWriting = KEY_SET_VALUE | KEY_CREATE_SUB_KEY | KEY_CREATE_LINK | DELETE |
                                 WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;

// Domain Users and Domain Guests: S-1-5-21, the domain's three numbers, and 513 or 514. Of any
// domain, while IsWellKnownSid knows only this machine's.
bool is_domain_group_of_anybody(PSID sid) {
  constexpr BYTE kParts = 5;
  const SID_IDENTIFIER_AUTHORITY nt_authority = SECURITY_NT_AUTHORITY;
  if (*GetSidSubAuthorityCount(sid) != kParts ||
      std::memcmp(GetSidIdentifierAuthority(sid), &nt_authority, sizeof nt_authority) != 0 ||
      *GetSidSubAuthority(sid, 0) != SECURITY_NT_NON_UNIQUE) {
    return false;
  }
  const DWORD group = *GetSidSubAuthority(sid, kParts - 1);
  return group == DOMAIN_GROUP_RID_USERS || group == DOMAIN_GROUP_RID_GUESTS;
}

bool is_local_group_of_anybody(PSID sid) {
  return std::any_of(
      kGroupsOfAnybody.begin(), kGroupsOfAnybody.end(),
      [sid](WELL_KNOWN_SID_TYPE group) { return IsWellKnownSid(sid, group) != FALSE; });
}

bool is_group_of_anybody(PSID sid) {
  return is_local_group_of_anybody(sid) || is_domain_group_of_anybody(sid);
}

// The SID of an entry that allows writing to this very key; null for any other entry. An entry that
// denies is no reason to believe the key: it may deny somebody else.
PSID writer_of(void* entry) {
  const auto* header = static_cast<const ACE_HEADER*>(entry);
  if ((header->AceFlags & INHERIT_ONLY_ACE) != 0 ||
      (header->AceType != ACCESS_ALLOWED_ACE_TYPE &&
       header->AceType != ACCESS_ALLOWED_CALLBACK_ACE_TYPE)) {
    return nullptr;
  }
  auto* allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);  // the other type begins the same
  return (allowed->Mask & kWriting) != 0 ? &allowed->SidStart : nullptr;
}

}  // namespace

std::optional<std::string> weakness_of(HKEY key) {
  PSID owner = nullptr;
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const auto status =
      GetSecurityInfo(key, SE_REGISTRY_KEY, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                      &owner, nullptr, &list, nullptr, &descriptor);
  if (status != ERROR_SUCCESS) {
    return "its permissions cannot be read: " + windows_error_text(status);
  }
  const LocalMemory memory(descriptor);
  if (list == nullptr) {
    return "it has no access list, so that everybody may write to it";
  }
  // Windows makes no domain group the owner of anything by itself; Wine does, of every new key.
  if (owner != nullptr && is_local_group_of_anybody(owner)) {
    return "ordinary users (" + sid_text(owner) + ") own it";
  }
  for (DWORD index = 0; index < list->AceCount; ++index) {
    void* entry = nullptr;
    if (GetAce(list, index, &entry) == FALSE) {
      return "its permissions cannot be read: " + windows_error_text(GetLastError());
    }
    if (PSID writer = writer_of(entry); writer != nullptr && is_group_of_anybody(writer)) {
      return "ordinary users (" + sid_text(writer) + ") may write to it";
    }
  }
  return std::nullopt;
}

}  // namespace profile_broker::service
