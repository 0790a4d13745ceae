#include "tests/windows/standin_mapi/profile_admin.h"

#include <new>

#include "tests/windows/standin_mapi/com_object.h"
#include "tests/windows/standin_mapi/profile_lifetime.h"
#include "tests/windows/standin_mapi/profile_table.h"
#include "tests/windows/standin_mapi/unsupported_methods.h"

namespace standin_mapi {
namespace {

constexpr size_t kMaxName = 64;  // cchProfileNameMax

// Names are ANSI, as MAPI's own implementation has them whatever its prototypes say.
HRESULT read_name(LPTSTR text, ULONG flags, std::wstring& name) {
  if ((flags & MAPI_UNICODE) != 0) {
    return MAPI_E_BAD_CHARWIDTH;
  }
  if (text == nullptr) {
    return MAPI_E_INVALID_PARAMETER;
  }
  name = from_ansi(reinterpret_cast<const char*>(text));
  const bool valid = !name.empty() && name.size() <= kMaxName && name.front() != L' ' &&
                     name.back() != L' ' && name.find(L'\\') == std::wstring::npos;
  return valid ? S_OK : MAPI_E_INVALID_PARAMETER;
}

class ProfileAdmin final : public ComObject<UnsupportedProfAdmin> {
 public:
  STDMETHODIMP GetProfileTable(ULONG flags, LPMAPITABLE* table) override {
    return table == nullptr ? MAPI_E_INVALID_PARAMETER : open_profile_table(flags, table);
  }

  STDMETHODIMP CreateProfile(LPTSTR text, LPTSTR, ULONG_PTR, ULONG flags) override {
    std::wstring name;
    const HRESULT code = read_name(text, flags, name);
    return FAILED(code) ? code : answer(create_profile(name), MAPI_E_NO_ACCESS);
  }

  STDMETHODIMP DeleteProfile(LPTSTR text, ULONG flags) override {
    std::wstring name;
    HRESULT code = read_name(text, flags, name);
    if (FAILED(code)) {
      return code;
    }
    LSTATUS error = ERROR_SUCCESS;
    code = delete_profile(name, error);
    return FAILED(code) ? failed(code, error) : code;
  }

  STDMETHODIMP CopyProfile(LPTSTR from_text, LPTSTR, LPTSTR to_text, ULONG_PTR,
                           ULONG flags) override {
    std::wstring from;
    std::wstring to;
    HRESULT code = read_name(from_text, flags, from);
    code = FAILED(code) ? code : read_name(to_text, flags, to);
    return FAILED(code) ? code : answer(copy_profile(from, to), E_ACCESSDENIED);
  }

  STDMETHODIMP RenameProfile(LPTSTR from_text, LPTSTR password, LPTSTR to_text, ULONG_PTR window,
                             ULONG flags) override {
    std::wstring from;
    HRESULT code = read_name(from_text, flags, from);
    if (SUCCEEDED(code) && in_use_here(from)) {
      return MAPI_E_NO_SUPPORT;
    }
    code = FAILED(code) ? code : CopyProfile(from_text, password, to_text, window, flags);
    return FAILED(code) ? code : DeleteProfile(from_text, flags);
  }

  STDMETHODIMP SetDefaultProfile(LPTSTR text, ULONG flags) override {
    if (text == nullptr) {
      return answer(set_default_profile(std::nullopt), MAPI_E_CALL_FAILED);
    }
    std::wstring name;
    const HRESULT code = read_name(text, flags, name);
    if (FAILED(code)) {
      return code;
    }
    return profile_exists(Shelf::kProfiles, name)
               ? answer(set_default_profile(name), MAPI_E_CALL_FAILED)
               : failed(MAPI_E_NOT_FOUND, ERROR_FILE_NOT_FOUND);
  }

 private:
  HRESULT answer(LSTATUS status, HRESULT when_taken) {
    switch (status) {
      case ERROR_SUCCESS:
        return S_OK;
      case ERROR_ALREADY_EXISTS:
        return failed(when_taken, status);
      case ERROR_FILE_NOT_FOUND:
        return failed(MAPI_E_NOT_FOUND, status);
      default:
        return failed(MAPI_E_CALL_FAILED, status);
    }
  }
};

}  // namespace

HRESULT open_profile_admin(LPPROFADMIN* result) {
  *result = new (std::nothrow) ProfileAdmin();
  return *result == nullptr ? MAPI_E_NOT_ENOUGH_MEMORY : S_OK;
}

}  // namespace standin_mapi
