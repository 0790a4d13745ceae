// The C functions of client.h, W spelling. The bodies are in exports.cpp.
#include <algorithm>

#include "client-lib/error_text.h"
#include "client-lib/exports.h"
#include "client-lib/wide_text_win.h"

using namespace profile_broker;          // NOLINT: this file is the outermost layer
using namespace profile_broker::client;  // NOLINT

extern "C" {

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL
ProfileBrokerAcquireW(const WCHAR* profile, uint32_t flags, PROFILE_BROKER_REFERENCE* reference) {
  return guarded([&] {
    return profile && reference ? acquire(utf8_from_wide(profile), flags, *reference)
                                : hresult::kInvalidParameter;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerDeleteProfileW(const WCHAR* profile,
                                                                      int32_t* deferred) {
  return guarded([&] {
    return profile ? delete_profile(utf8_from_wide(profile), deferred) : hresult::kInvalidParameter;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerQueryW(const WCHAR* profile,
                                                              PROFILE_BROKER_USAGE* usage) {
  return guarded([&] {
    return profile && usage ? query(utf8_from_wide(profile), *usage) : hresult::kInvalidParameter;
  });
}

PROFILE_BROKER_RESULT PROFILE_BROKER_CALL ProfileBrokerErrorTextW(PROFILE_BROKER_RESULT result,
                                                                  WCHAR* text, uint32_t size) {
  return guarded([&] {
    if (!text || size == 0) {
      return hresult::kInvalidParameter;
    }
    const auto wide = wide_from_utf8(error_text(static_cast<std::uint32_t>(result)));
    const auto length = std::min<std::size_t>(wide->size(), size - 1);
    std::copy_n(wide->data(), length, text);
    text[length] = L'\0';
    return hresult::kOk;
  });
}

}  // extern "C"
