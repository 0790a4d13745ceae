// mapi32.dll as a program loads it at run time, and MAPI's result codes in words.
#pragma once

#include <windows.h>

#include <mapix.h>

#include <string>

namespace scene {

struct MapiLibrary {
  LPMAPIINITIALIZE initialize = nullptr;
  LPMAPIUNINITIALIZE uninitialize = nullptr;
  LPMAPILOGONEX logon = nullptr;
  LPMAPIADMINPROFILES admin_profiles = nullptr;
  LPMAPIFREEBUFFER free_buffer = nullptr;

  // False when the library or one of its functions is missing.
  bool load();
};

// "MAPI_E_CALL_FAILED (0x80004005)"; S_OK stays "S_OK".
std::string result_text(HRESULT result);

// The same, with the Win32 code that the object gives as the reason of its last failure.
template <typename Object>
std::string result_text(HRESULT result, Object* object, const MapiLibrary& mapi);

// ", Win32 1018 ERROR_KEY_DELETED" or "" for 0.
std::string win32_text(ULONG code);

template <typename Object>
std::string result_text(HRESULT result, Object* object, const MapiLibrary& mapi) {
  LPMAPIERROR error = nullptr;
  std::string text = result_text(result);
  if (FAILED(result) && object->GetLastError(result, 0, &error) == S_OK && error != nullptr) {
    text += win32_text(error->ulLowLevelError);
    mapi.free_buffer(error);
  }
  return text;
}

}  // namespace scene
