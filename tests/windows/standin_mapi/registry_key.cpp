#include "tests/windows/standin_mapi/registry_key.h"

namespace standin_mapi {

LSTATUS RegistryKey::open(HKEY parent, const std::wstring& path, bool create, RegistryKey& result) {
  HKEY key = nullptr;
  const REGSAM access = KEY_READ | KEY_WRITE;
  const LSTATUS status =
      create ? RegCreateKeyExW(parent, path.c_str(), 0, nullptr, 0, access, nullptr, &key, nullptr)
             : RegOpenKeyExW(parent, path.c_str(), 0, access, &key);
  if (status == ERROR_SUCCESS) {
    result = RegistryKey(key);
  }
  return status;
}

std::vector<std::wstring> RegistryKey::subkeys() const {
  std::vector<std::wstring> names;
  wchar_t name[256];  // a key name has at most 255 characters
  for (DWORD index = 0;; ++index) {
    DWORD length = 256;
    if (RegEnumKeyExW(key_, index, name, &length, nullptr, nullptr, nullptr, nullptr) != 0) {
      return names;
    }
    names.emplace_back(name, length);
  }
}

std::vector<std::wstring> RegistryKey::values() const {
  std::vector<std::wstring> names;
  wchar_t name[256];
  for (DWORD index = 0;; ++index) {
    DWORD length = 256;
    if (RegEnumValueW(key_, index, name, &length, nullptr, nullptr, nullptr, nullptr) != 0) {
      return names;
    }
    names.emplace_back(name, length);
  }
}

LSTATUS RegistryKey::read(const std::wstring& value, std::vector<BYTE>& data) const {
  DWORD size = 0;
  LSTATUS status = RegQueryValueExW(key_, value.c_str(), nullptr, nullptr, nullptr, &size);
  data.resize(size);
  if (status == ERROR_SUCCESS && size > 0) {
    status = RegQueryValueExW(key_, value.c_str(), nullptr, nullptr, data.data(), &size);
    data.resize(size);
  }
  return status;
}

LSTATUS RegistryKey::write(const std::wstring& value, DWORD type, const void* data,
                           size_t size) const {
  return RegSetValueExW(key_, value.c_str(), 0, type, static_cast<const BYTE*>(data),
                        static_cast<DWORD>(size));
}

std::optional<std::wstring> RegistryKey::text(const std::wstring& value) const {
  std::vector<BYTE> data;
  if (read(value, data) != ERROR_SUCCESS) {
    return std::nullopt;
  }
  std::wstring text(reinterpret_cast<const wchar_t*>(data.data()), data.size() / sizeof(wchar_t));
  while (!text.empty() && text.back() == L'\0') {
    text.pop_back();
  }
  return text;
}

}  // namespace standin_mapi
