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

std::string quoted(const std::string& text);

// "MAPI_E_CALL_FAILED (0x80004005)"; S_OK stays "S_OK".
std::string result_text(HRESULT result);

// ", Win32 1018 ERROR_KEY_DELETED" or "" for 0.
std::string win32_text(ULONG code);

// result_text, with the Win32 code that the object gives as the reason of its last failure.
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

// Appends "PR_COMMENT "text"", or what went wrong. tag: PR_COMMENT_A or PR_PROFILE_NAME_A. False
// when the section cannot be read at all; a property that is not there is no such failure.
bool append_text(LPPROFSECT section, ULONG tag, const MapiLibrary& mapi, std::string& answer);

// The names of a profile table's rows, or "empty". Releases the table.
std::string take_rows_text(LPMAPITABLE table, const MapiLibrary& mapi);

}  // namespace scene
