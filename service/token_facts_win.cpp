#include "service/token_facts_win.h"

#include <cstddef>
#include <vector>

#include "service/handle_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

template <typename Value>
bool read_value(HANDLE token, TOKEN_INFORMATION_CLASS what, Value& value) {
  DWORD length = 0;
  return GetTokenInformation(token, what, &value, sizeof value, &length) != FALSE;
}

// For what ends in a SID.
std::vector<std::byte> read_block(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  DWORD length = 0;
  GetTokenInformation(token, what, nullptr, 0, &length);
  std::vector<std::byte> block(length);
  if (length == 0 || GetTokenInformation(token, what, block.data(), length, &length) == FALSE) {
    block.clear();
  }
  return block;
}

std::string trouble(const char* what) {
  return std::string("the token's ") + what +
         " cannot be read: " + windows_error_text(GetLastError());
}

// CheckTokenMembership takes impersonation tokens only.
bool is_administrator(HANDLE token, TOKEN_TYPE type, BOOL& member) {
  SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
  PSID administrators = nullptr;
  if (AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS,
                               0, 0, 0, 0, 0, 0, &administrators) == FALSE) {
    return false;
  }
  HANDLE duplicate = nullptr;
  const bool usable = type == TokenImpersonation ||
                      DuplicateTokenEx(token, TOKEN_QUERY, nullptr, SecurityIdentification,
                                       TokenImpersonation, &duplicate) != FALSE;
  const KernelHandle owner(duplicate);
  const bool known = usable && CheckTokenMembership(type == TokenImpersonation ? token : duplicate,
                                                    administrators, &member) != FALSE;
  FreeSid(administrators);
  return known;
}

}  // namespace

std::variant<TokenFacts, std::string> read_token(HANDLE token) {
  TokenFacts facts;
  const auto user = read_block(token, TokenUser);
  if (user.empty()) {
    return trouble("user");
  }
  facts.user = sid_text(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);

  DWORD session = 0;
  if (!read_value(token, TokenSessionId, session)) {
    return trouble("session");
  }
  facts.session = session;

  const auto label = read_block(token, TokenIntegrityLevel);
  if (label.empty()) {
    return trouble("integrity level");
  }
  PSID integrity = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(label.data())->Label.Sid;
  const unsigned parts = *GetSidSubAuthorityCount(integrity);
  facts.integrity = parts == 0 ? 0 : *GetSidSubAuthority(integrity, parts - 1);

  DWORD app_container = 0;
  if (!read_value(token, TokenIsAppContainer, app_container)) {
    return trouble("AppContainer mark");
  }
  facts.app_container = app_container != 0;

  TOKEN_STATISTICS statistics{};
  if (!read_value(token, TokenStatistics, statistics)) {
    return trouble("type");
  }
  if (statistics.TokenType == TokenImpersonation) {
    facts.level = statistics.ImpersonationLevel;
  }
  facts.logon = (std::uint64_t{static_cast<DWORD>(statistics.AuthenticationId.HighPart)} << 32) |
                statistics.AuthenticationId.LowPart;

  // A token below Identification cannot be asked for memberships; whoever sends it is refused.
  if (facts.level.value_or(SecurityIdentification) >= SecurityIdentification) {
    BOOL member = FALSE;
    if (!is_administrator(token, statistics.TokenType, member)) {
      return trouble("group memberships");
    }
    facts.administrator = member != FALSE;
  }
  return facts;
}

}  // namespace profile_broker::service
