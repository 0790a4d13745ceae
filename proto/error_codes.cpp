// The table behind error_codes.h.
#include "proto/error_codes.h"

#include <algorithm>
#include <array>

namespace profile_broker {
namespace {

constexpr std::array kFacts = {
    ReasonFacts{Reason::in_use, 1, "inUse", hresult::kBusy},
    ReasonFacts{Reason::deletion_deferred, 1, "deletionDeferred", hresult::kBusy},
    ReasonFacts{Reason::being_removed, 1, "beingRemoved", hresult::kBusy},
    ReasonFacts{Reason::not_found, 2, "notFound", hresult::kNotFound},
    ReasonFacts{Reason::access_denied, 3, "accessDenied", hresult::kNoAccess},
    ReasonFacts{Reason::quota_exceeded, 4, "quotaExceeded", hresult::kNotEnoughResources},
    ReasonFacts{Reason::recovering, 5, "recovering", hresult::kBusy},
    ReasonFacts{Reason::stopping, 5, "stopping", hresult::kEndOfSession},
    ReasonFacts{Reason::version_mismatch, 6, "versionMismatch", hresult::kVersion},
    ReasonFacts{Reason::bad_name, -32602, "badName", hresult::kInvalidParameter},
    ReasonFacts{Reason::name_too_long, -32602, "nameTooLong", hresult::kStringTooLong},
    ReasonFacts{Reason::bad_params, -32602, "badParams", hresult::kInvalidParameter},
    ReasonFacts{Reason::parse_error, -32700, "parseError", hresult::kCallFailed},
    ReasonFacts{Reason::invalid_request, -32600, "invalidRequest", hresult::kCallFailed},
    ReasonFacts{Reason::method_not_found, -32601, "methodNotFound", hresult::kNoSupport},
    ReasonFacts{Reason::internal_error, -32603, "internalError", hresult::kCallFailed},
    ReasonFacts{Reason::journal_unavailable, -32603, "journalUnavailable",
                hresult::kNotEnoughResources},
};

}  // namespace

const ReasonFacts& facts_of(Reason reason) {
  return *std::find_if(kFacts.begin(), kFacts.end(),
                       [&](const auto& f) { return f.reason == reason; });
}

std::optional<Reason> reason_from_word(std::string_view word) {
  const auto found =
      std::find_if(kFacts.begin(), kFacts.end(), [&](const auto& f) { return f.word == word; });
  return found == kFacts.end() ? std::nullopt : std::optional(found->reason);
}

std::string hresult_text(std::uint32_t hresult) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text = "0x00000000";
  for (std::size_t i = text.size(); hresult != 0; hresult >>= 4) {
    text[--i] = kDigits[hresult & 0xF];
  }
  return text;
}

}  // namespace profile_broker
