// The sentences behind error_text.h.
#include "client-lib/error_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "proto/error_codes.h"

namespace profile_broker::client {
namespace {

struct Sentence {
  std::uint32_t result;
  std::string_view text;
};

constexpr std::array kSentences = {
    Sentence{hresult::kOk, "The call succeeded."},
    Sentence{hresult::kNoService,
             "The MAPI Profile Broker service does not answer; the call counts and the service is "
             "told as soon as it does. Start the service MapiProfileBroker."},
    Sentence{hresult::kBusy,
             "The profile is being deleted, or its deletion waits for other processes that use it; "
             "'profile-broker holders NAME' lists them. Try again later or use another profile."},
    Sentence{hresult::kNotFound, "There is no such profile, reference or claim. Check the name."},
    Sentence{hresult::kNoAccess,
             "Access is denied: the profile belongs to another account, or the server is not the "
             "MAPI Profile Broker service. Run as the account that owns the profile."},
    Sentence{hresult::kNotEnoughResources,
             "The service's limit of references or its journal's disk is exhausted. Release "
             "references, or see 'profile-broker status'."},
    Sentence{hresult::kNotEnoughMemory, "Memory is exhausted. Close programs and try again."},
    Sentence{hresult::kEndOfSession, "The service is stopping. Try again when it has started."},
    Sentence{hresult::kVersion,
             "Service and library are of versions that do not understand each other. Install the "
             "same version of both."},
    Sentence{hresult::kInvalidParameter,
             "A parameter is wrong: a null pointer, a structure's size, a reference that was "
             "released, or a profile name that is empty, begins or ends with a space or has a "
             "backslash or control character."},
    Sentence{hresult::kStringTooLong,
             "The profile name has more than 64 characters. Use a shorter one."},
    Sentence{hresult::kUnknownFlags, "A flag is not known. Use 0 or PROFILE_BROKER_TEMPORARY."},
    Sentence{hresult::kBadCharWidth,
             "The text cannot be converted between the code page and Unicode. Use the W function."},
    Sentence{hresult::kNetworkError,
             "The MAPI Profile Broker service is not running. Start the service "
             "MapiProfileBroker."},
    Sentence{hresult::kUnconfigured,
             "The MAPI Profile Broker service is not installed on this machine. Install it."},
    Sentence{hresult::kTimeout,
             "The service did not answer in time. Try again; if that lasts, restart the service "
             "MapiProfileBroker."},
    Sentence{hresult::kNoSupport,
             "There is no MAPI here to delete profiles with, or the service does not know the "
             "request. Install a MAPI client, set a remover or update the service."},
    Sentence{
        hresult::kNotInitialized,
        "MAPI cannot be initialised, so the profile is still there. Install a mail client whose "
        "MAPI has the bitness of this program, or repair it."},
    Sentence{hresult::kCallFailed,
             "The call failed for a reason that the library cannot name. See the event log of the "
             "service MapiProfileBroker."},
};

}  // namespace

std::string error_text(std::uint32_t result) {
  const auto* found =
      std::find_if(kSentences.begin(), kSentences.end(),
                   [&](const Sentence& sentence) { return sentence.result == result; });
  if (found != kSentences.end()) {
    return std::string(found->text);
  }
  return "The remover returned " + hresult_text(result) +
         ", which is an error of the MAPI subsystem; the profile is still there.";
}

}  // namespace profile_broker::client
