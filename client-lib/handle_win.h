// Windows handles that close themselves, one type per invalid value. Windows only.
#pragma once

#include <windows.h>

#include <utility>

namespace profile_broker::client {

template <typename Traits>
class UniqueHandle {
 public:
  UniqueHandle() = default;
  explicit UniqueHandle(HANDLE handle) : handle_(handle) {}
  UniqueHandle(UniqueHandle&& other) noexcept
      : handle_(std::exchange(other.handle_, Traits::invalid())) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~UniqueHandle() {
    if (handle_ != Traits::invalid()) {
      CloseHandle(handle_);
    }
  }

  explicit operator bool() const { return handle_ != Traits::invalid(); }
  HANDLE get() const { return handle_; }
  HANDLE* receive() { return &handle_; }  // for out-parameters; only while empty

 private:
  HANDLE handle_ = Traits::invalid();
};

struct FileHandleTraits {
  static HANDLE invalid() { return INVALID_HANDLE_VALUE; }
};
struct KernelHandleTraits {
  static HANDLE invalid() { return nullptr; }
};

using FileHandle = UniqueHandle<FileHandleTraits>;      // what CreateFileW opens
using KernelHandle = UniqueHandle<KernelHandleTraits>;  // events, tokens, processes

}  // namespace profile_broker::client
