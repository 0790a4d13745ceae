// Every way in which the service says no: the JSON-RPC code, the reason (a stable word for
// programs) and the HRESULT that the client library returns. One table serves both ends. Texts for
// people are made where the facts are known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace profile_broker {

enum class Reason {
  // 1: somebody stands in the way.
  in_use,
  deletion_deferred,
  being_removed,
  // 2 to 6.
  not_found,
  access_denied,
  quota_exceeded,
  recovering,
  stopping,
  version_mismatch,
  // -32602, what is wrong with the parameters.
  bad_name,
  name_too_long,
  bad_params,
  // JSON-RPC's own.
  parse_error,
  invalid_request,
  method_not_found,
  // -32603: the service could not do its own part.
  internal_error,
  journal_unavailable,
};

struct ReasonFacts {
  Reason reason;
  int code;
  std::string_view word;  // data.reason
  std::uint32_t hresult;  // data.hresult, as "0x%08X"
};

const ReasonFacts& facts_of(Reason reason);
std::optional<Reason> reason_from_word(std::string_view word);

// What a request is refused with. text is one English sentence that names the thing and the limit.
struct Refusal {
  Reason reason;
  std::string text;
};

// "0x8004010B".
std::string hresult_text(std::uint32_t hresult);

// HRESULTs of MAPI (MAPICode.h) that the library returns; the names are MAPI's.
namespace hresult {
inline constexpr std::uint32_t kOk = 0;
inline constexpr std::uint32_t kNoService = 0x00040203;         // MAPI_W_NO_SERVICE, a success code
inline constexpr std::uint32_t kCallFailed = 0x80004005;        // MAPI_E_CALL_FAILED
inline constexpr std::uint32_t kNoAccess = 0x80070005;          // MAPI_E_NO_ACCESS
inline constexpr std::uint32_t kNotEnoughMemory = 0x8007000E;   // MAPI_E_NOT_ENOUGH_MEMORY
inline constexpr std::uint32_t kInvalidParameter = 0x80070057;  // MAPI_E_INVALID_PARAMETER
inline constexpr std::uint32_t kNoSupport = 0x80040102;         // MAPI_E_NO_SUPPORT
inline constexpr std::uint32_t kBadCharWidth = 0x80040103;      // MAPI_E_BAD_CHARWIDTH
inline constexpr std::uint32_t kStringTooLong = 0x80040105;     // MAPI_E_STRING_TOO_LONG
inline constexpr std::uint32_t kUnknownFlags = 0x80040106;      // MAPI_E_UNKNOWN_FLAGS
inline constexpr std::uint32_t kBusy = 0x8004010B;              // MAPI_E_BUSY
inline constexpr std::uint32_t kNotEnoughResources = 0x8004010E;  // MAPI_E_NOT_ENOUGH_RESOURCES
inline constexpr std::uint32_t kNotFound = 0x8004010F;            // MAPI_E_NOT_FOUND
inline constexpr std::uint32_t kVersion = 0x80040110;             // MAPI_E_VERSION
inline constexpr std::uint32_t kNetworkError = 0x80040115;        // MAPI_E_NETWORK_ERROR
inline constexpr std::uint32_t kUnconfigured = 0x8004011C;        // MAPI_E_UNCONFIGURED
inline constexpr std::uint32_t kEndOfSession = 0x80040200;        // MAPI_E_END_OF_SESSION
inline constexpr std::uint32_t kTimeout = 0x80040401;             // MAPI_E_TIMEOUT
inline constexpr std::uint32_t kNotInitialized = 0x80040605;      // MAPI_E_NOT_INITIALIZED
}  // namespace hresult

}  // namespace profile_broker
