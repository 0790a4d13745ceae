#include "tests/windows/mapi_program/mapi_library.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace scene {
namespace {

struct Name {
  ULONG code;
  const char* name;
};

constexpr std::array<Name, 19> kResults = {{
    {0x00000000, "S_OK"},
    {0x00040203, "MAPI_W_NO_SERVICE"},
    {0x00040380, "MAPI_W_ERRORS_RETURNED"},
    {0x80004005, "MAPI_E_CALL_FAILED"},
    {0x80070005, "MAPI_E_NO_ACCESS"},
    {0x80070057, "MAPI_E_INVALID_PARAMETER"},
    {0x80040102, "MAPI_E_NO_SUPPORT"},
    {0x80040105, "MAPI_E_STRING_TOO_LONG"},
    {0x8004010A, "MAPI_E_OBJECT_DELETED"},
    {0x8004010B, "MAPI_E_BUSY"},
    {0x8004010E, "MAPI_E_NOT_ENOUGH_RESOURCES"},
    {0x8004010F, "MAPI_E_NOT_FOUND"},
    {0x80040110, "MAPI_E_VERSION"},
    {0x80040111, "MAPI_E_LOGON_FAILED"},
    {0x80040115, "MAPI_E_NETWORK_ERROR"},
    {0x8004011C, "MAPI_E_UNCONFIGURED"},
    {0x80040200, "MAPI_E_END_OF_SESSION"},
    {0x80040401, "MAPI_E_TIMEOUT"},
    {0x80040605, "MAPI_E_NOT_INITIALIZED"},
}};

constexpr std::array<Name, 4> kWin32 = {{
    {2, "ERROR_FILE_NOT_FOUND"},
    {5, "ERROR_ACCESS_DENIED"},
    {183, "ERROR_ALREADY_EXISTS"},
    {1018, "ERROR_KEY_DELETED"},
}};

template <size_t size>
const char* name_of(const std::array<Name, size>& names, ULONG code) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [code](const Name& name) { return name.code == code; });
  return found == names.end() ? "" : found->name;
}

template <typename Function>
void resolve(HMODULE module, const char* name, Function& function) {
  function = reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module, name)));
}

}  // namespace

bool MapiLibrary::load() {
  const HMODULE module = LoadLibraryW(L"mapi32.dll");
  if (module == nullptr) {
    return false;
  }
  resolve(module, "MAPIInitialize", initialize);
  resolve(module, "MAPIUninitialize", uninitialize);
  resolve(module, "MAPILogonEx", logon);
  resolve(module, "MAPIAdminProfiles", admin_profiles);
  resolve(module, "MAPIFreeBuffer", free_buffer);
  return initialize != nullptr && uninitialize != nullptr && logon != nullptr &&
         admin_profiles != nullptr && free_buffer != nullptr;
}

std::string result_text(HRESULT result) {
  const char* name = name_of(kResults, static_cast<ULONG>(result));
  if (result == S_OK) {
    return name;
  }
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s%s(0x%08lX)", name, *name == '\0' ? "" : " ",
                static_cast<ULONG>(result));
  return text.data();
}

std::string win32_text(ULONG code) {
  if (code == 0) {
    return "";
  }
  const std::string text = ", Win32 " + std::to_string(code);
  const char* name = name_of(kWin32, code);
  return *name == '\0' ? text : text + " " + name;
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

bool append_text(LPPROFSECT section, ULONG tag, const MapiLibrary& mapi, std::string& answer) {
  answer += tag == PR_COMMENT_A ? "PR_COMMENT " : "PR_PROFILE_NAME ";
  SizedSPropTagArray(1, tags) = {1, {tag}};
  ULONG count = 0;
  LPSPropValue values = nullptr;
  const HRESULT result =
      section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values);
  if (FAILED(result)) {
    answer += result_text(result, section, mapi);
    return false;
  }
  answer += PROP_TYPE(values[0].ulPropTag) == PT_ERROR ? result_text(values[0].Value.err)
                                                       : quoted(values[0].Value.lpszA);
  mapi.free_buffer(values);
  return true;
}

std::string take_rows_text(LPMAPITABLE table, const MapiLibrary& mapi) {
  constexpr LONG kAtMost = 1000;
  LPSRowSet rows = nullptr;
  const HRESULT result = table->QueryRows(kAtMost, 0, &rows);
  std::string text = FAILED(result) ? result_text(result, table, mapi) : "";
  for (ULONG index = 0; SUCCEEDED(result) && index < rows->cRows; ++index) {
    const SRow& row = rows->aRow[index];
    text += (text.empty() ? "" : ", ") + quoted(row.lpProps[0].Value.lpszA) +
            (row.lpProps[1].Value.b != 0 ? " (default)" : "");
    mapi.free_buffer(row.lpProps);
  }
  mapi.free_buffer(rows);
  table->Release();
  return text.empty() ? "empty" : text;
}

}  // namespace scene
