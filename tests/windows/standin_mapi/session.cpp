#include "tests/windows/standin_mapi/session.h"

#include <new>

#include "tests/windows/standin_mapi/com_object.h"
#include "tests/windows/standin_mapi/profile_lifetime.h"
#include "tests/windows/standin_mapi/profile_section.h"
#include "tests/windows/standin_mapi/unsupported_methods.h"

namespace standin_mapi {
namespace {

class Session final : public ComObject<UnsupportedSession> {
 public:
  explicit Session(ProfileInUse profile) : profile_(std::move(profile)) {}

  STDMETHODIMP OpenProfileSection(LPMAPIUID uid, LPCIID interface_id, ULONG flags,
                                  LPPROFSECT* result) override {
    if (uid == nullptr || result == nullptr) {
      return MAPI_E_INVALID_PARAMETER;
    }
    if (interface_id != nullptr && !UnsupportedProfSect::answers(*interface_id)) {
      return MAPI_E_INTERFACE_NOT_SUPPORTED;
    }
    if (!profile_.use) {
      return MAPI_E_END_OF_SESSION;  // after Logoff only Release is valid
    }
    LSTATUS error = ERROR_SUCCESS;
    const HRESULT code = open_profile_section(profile_.name, profile_.instance, *uid,
                                              (flags & MAPI_MODIFY) != 0, result, error);
    return FAILED(code) ? failed(code, error) : code;
  }

  STDMETHODIMP Logoff(ULONG_PTR, ULONG, ULONG) override {
    if (!profile_.use) {
      return MAPI_E_END_OF_SESSION;
    }
    end_profile_use(profile_);
    return S_OK;
  }

 private:
  ~Session() override {
    if (profile_.use) {
      end_profile_use(profile_);
    }
  }

  ProfileInUse profile_;
};

}  // namespace

HRESULT log_on(const std::wstring& profile, LPMAPISESSION* result) {
  ProfileInUse use;
  LSTATUS error = ERROR_SUCCESS;
  const HRESULT code = use_profile(profile, use, error);
  if (FAILED(code)) {
    SetLastError(static_cast<DWORD>(error));
    return code;
  }
  *result = new (std::nothrow) Session(std::move(use));
  return *result == nullptr ? MAPI_E_NOT_ENOUGH_MEMORY : S_OK;
}

}  // namespace standin_mapi
