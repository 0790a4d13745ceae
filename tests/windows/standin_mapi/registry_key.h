// An open registry key, closed when the object ends. Errors are Win32 codes as the registry returns
// them: the stand-in must hand ERROR_KEY_DELETED on unchanged, so nothing here translates.
#pragma once

#include <windows.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace standin_mapi {

class RegistryKey {
 public:
  RegistryKey() = default;
  explicit RegistryKey(HKEY key) : key_(key) {}
  RegistryKey(RegistryKey&& other) noexcept : key_(std::exchange(other.key_, nullptr)) {}
  RegistryKey& operator=(RegistryKey&& other) noexcept {
    std::swap(key_, other.key_);
    return *this;
  }
  ~RegistryKey() {
    if (key_ != nullptr) {
      RegCloseKey(key_);
    }
  }

  // borrowed: valid as long as this object
  HKEY get() const { return key_; }

  // Opens, or with create makes, a subkey of parent for reading and writing.
  static LSTATUS open(HKEY parent, const std::wstring& path, bool create, RegistryKey& result);

  std::vector<std::wstring> subkeys() const;
  std::vector<std::wstring> values() const;
  LSTATUS read(const std::wstring& value, std::vector<BYTE>& data) const;
  LSTATUS write(const std::wstring& value, DWORD type, const void* data, size_t size) const;
  std::optional<std::wstring> text(const std::wstring& value) const;

 private:
  HKEY key_ = nullptr;
};

}  // namespace standin_mapi
