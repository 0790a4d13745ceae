// Texts below HKEY_LOCAL_MACHINE, in the registry view of either bitness. Nothing here throws for a
// registry that says no; reading answers nothing, writing a Win32 error.
#pragma once

#include <windows.h>

#include <optional>
#include <string>
#include <vector>

namespace profile_broker::client::mapi {

// Which of the two registries of 64-bit Windows. own: this process's.
enum class View { own, x64, x86 };

struct RegistryText {
  std::wstring text;
  // REG_SZ, REG_EXPAND_SZ, or REG_NONE for the note that there was nothing.
  DWORD type = REG_SZ;
};

struct NamedText {
  std::wstring name;
  RegistryText value;
};

// As stored. name: empty for the key's default value.
std::optional<RegistryText> read_text(View view, const std::wstring& path,
                                      const std::wstring& name);
// What a program reads there: REG_EXPAND_SZ is expanded. Nothing when it is empty.
std::optional<std::wstring> read_expanded(View view, const std::wstring& path,
                                          const std::wstring& name);
// The strings of a REG_MULTI_SZ value.
std::vector<std::wstring> read_list(View view, const std::wstring& path, const std::wstring& name);
// All text values of a key.
std::vector<NamedText> read_texts(View view, const std::wstring& path);

LSTATUS write_text(View view, const std::wstring& path, const std::wstring& name,
                   const RegistryText& value);
// ERROR_SUCCESS also when there is no such value.
LSTATUS remove_value(View view, const std::wstring& path, const std::wstring& name);
// Removes the key with all below it; ERROR_SUCCESS also when there is none.
LSTATUS remove_tree(View view, const std::wstring& path);
// Removes the key when it has neither values nor keys.
void remove_if_empty(View view, const std::wstring& path);

}  // namespace profile_broker::client::mapi
