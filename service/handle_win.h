// Owning types for what Windows hands out, one line each. An owner that is empty holds nothing;
// CreateFileW's INVALID_HANDLE_VALUE is turned into an empty owner where it comes in.
#pragma once

#include <windows.h>

#include <memory>

namespace profile_broker::service {

struct CloseKernelHandle {
  using pointer = HANDLE;
  void operator()(HANDLE handle) const noexcept { CloseHandle(handle); }
};
struct FreeLocalMemory {
  using pointer = void*;
  void operator()(void* memory) const noexcept { LocalFree(memory); }
};
struct CloseServiceControl {
  using pointer = SC_HANDLE;
  void operator()(SC_HANDLE handle) const noexcept { CloseServiceHandle(handle); }
};
struct CloseRegistryKey {
  using pointer = HKEY;
  void operator()(HKEY key) const noexcept { RegCloseKey(key); }
};

using KernelHandle = std::unique_ptr<void, CloseKernelHandle>;
using LocalMemory = std::unique_ptr<void, FreeLocalMemory>;
using ServiceControlHandle = std::unique_ptr<SC_HANDLE, CloseServiceControl>;
using RegistryKey = std::unique_ptr<HKEY, CloseRegistryKey>;

// For CreateFileW and CreateNamedPipeW.
inline KernelHandle own_file_handle(HANDLE handle) {
  return KernelHandle(handle == INVALID_HANDLE_VALUE ? nullptr : handle);
}

}  // namespace profile_broker::service
