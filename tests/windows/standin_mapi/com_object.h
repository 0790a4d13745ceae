// What the stand-in's MAPI objects share: counted references, and GetLastError as MAPI defines it,
// which tells the Win32 code behind the object's last failure (MAPIERROR::ulLowLevelError).
#pragma once

#include <atomic>

#include "tests/windows/standin_mapi/mapi_headers.h"

namespace standin_mapi {

// Fills a MAPIERROR in a MAPI buffer. flags: MAPI_UNICODE for wide text.
HRESULT describe_error(HRESULT result, LSTATUS win32_error, ULONG flags, LPMAPIERROR* error);

// Unsupported is one of the classes of unsupported_methods.h: it derives from the MAPI interface.
template <typename Unsupported>
class ComObject : public Unsupported {
 public:
  ComObject() = default;
  ComObject(const ComObject&) = delete;
  ComObject& operator=(const ComObject&) = delete;

  STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
    if (object == nullptr) {
      return MAPI_E_INVALID_PARAMETER;
    }
    *object = nullptr;
    if (!Unsupported::answers(iid)) {
      return MAPI_E_INTERFACE_NOT_SUPPORTED;
    }
    AddRef();
    *object = this;
    return S_OK;
  }

  STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }

  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = --references_;
    if (left == 0) {
      delete this;
    }
    return left;
  }

  STDMETHODIMP GetLastError(HRESULT result, ULONG flags, LPMAPIERROR* error) override {
    return describe_error(result, last_error_, flags, error);
  }

 protected:
  virtual ~ComObject() = default;

  HRESULT failed(HRESULT result, LSTATUS win32_error) {
    last_error_ = win32_error;
    return result;
  }

 private:
  std::atomic<ULONG> references_{1};
  std::atomic<LSTATUS> last_error_{ERROR_SUCCESS};
};

}  // namespace standin_mapi
