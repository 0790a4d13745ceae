// What an access token says about its bearer, as values. Reads tokens; judges nothing
// (peer_identity_win.h does).
#pragma once

#include <windows.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace profile_broker::service {

inline constexpr char kLocalSystemSid[] = "S-1-5-18";
inline constexpr char kAnonymousSid[] = "S-1-5-7";

struct TokenFacts {
  std::string user;  // SID
  std::uint32_t session = 0;
  std::uint32_t integrity = 0;  // the mandatory label's level, as SECURITY_MANDATORY_MEDIUM_RID
  bool app_container = false;
  bool administrator = false;  // BUILTIN\Administrators is in it and enabled
  // What a server may do with it; none for a process's own (primary) token.
  std::optional<SECURITY_IMPERSONATION_LEVEL> level;
  std::uint64_t logon = 0;  // AuthenticationId: tells logons apart in a log, 0 under Wine
};

// token: borrowed, opened with TOKEN_QUERY, a primary token with TOKEN_DUPLICATE as well. The text
// says what could not be read.
std::variant<TokenFacts, std::string> read_token(HANDLE token);

}  // namespace profile_broker::service
