#include "tests/windows/standin_mapi/com_object.h"

#include <cstring>

namespace standin_mapi {
namespace {

template <typename Text>
HRESULT chain_text(const Text& text, void* owner, LPTSTR* copy) {
  const size_t size = (text.size() + 1) * sizeof(text[0]);
  void* buffer = nullptr;
  const SCODE code = MAPIAllocateMore(static_cast<ULONG>(size), owner, &buffer);
  if (code == S_OK) {
    std::memcpy(buffer, text.c_str(), size);
    *copy = static_cast<LPTSTR>(buffer);
  }
  return code;
}

std::string win32_text(LSTATUS code) {
  char text[512] = "";
  FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                 static_cast<DWORD>(code), 0, text, sizeof(text), nullptr);
  std::string sentence = text;
  while (!sentence.empty() && (sentence.back() == '\n' || sentence.back() == '\r')) {
    sentence.pop_back();
  }
  return sentence;
}

}  // namespace

HRESULT describe_error(HRESULT result, LSTATUS win32_error, ULONG flags, LPMAPIERROR* error) {
  if (error == nullptr) {
    return MAPI_E_INVALID_PARAMETER;
  }
  *error = nullptr;
  if (SUCCEEDED(result) || win32_error == ERROR_SUCCESS) {
    return S_OK;  // MAPI's way to say that there is nothing more to tell
  }
  void* buffer = nullptr;
  HRESULT code = MAPIAllocateBuffer(sizeof(MAPIERROR), &buffer);
  if (code != S_OK) {
    return code;
  }
  MAPIERROR* made = static_cast<MAPIERROR*>(buffer);
  *made = MAPIERROR{};
  made->ulVersion = MAPI_ERROR_VERSION;
  made->ulLowLevelError = static_cast<ULONG>(win32_error);
  const std::string text = win32_text(win32_error);
  code = (flags & MAPI_UNICODE) != 0 ? chain_text(from_ansi(text.c_str()), made, &made->lpszError)
                                     : chain_text(text, made, &made->lpszError);
  if (code != S_OK) {
    MAPIFreeBuffer(made);
    return code;
  }
  *error = made;
  return S_OK;
}

}  // namespace standin_mapi
