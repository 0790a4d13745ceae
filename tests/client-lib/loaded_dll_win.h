// profile_broker.dll as a program that loads it at run time has it. The service's endpoint is set
// by the environment before its first call.
#pragma once

#include <windows.h>

#include <string>

#include "profile_broker/client.h"
#include "tests/support/catch.h"

namespace profile_broker::client {

class LoadedDll {
 public:
  explicit LoadedDll(const std::wstring& endpoint) {
    REQUIRE(GetModuleHandleW(L"profile_broker.dll") == nullptr);
    SetEnvironmentVariableW(L"MAPI_PROFILE_BROKER_ENDPOINT", endpoint.c_str());
    wchar_t path[MAX_PATH];
    GetModuleFileNameW(nullptr, path, MAX_PATH);
    std::wstring folder(path);
    folder.resize(folder.find_last_of(L'\\') + 1);
    module_ = LoadLibraryW((folder + L"profile_broker.dll").c_str());
    REQUIRE(module_ != nullptr);
    resolve("ProfileBrokerAcquireW", acquire_w);
    resolve("ProfileBrokerAcquireA", acquire_a);
    resolve("ProfileBrokerRelease", release);
    resolve("ProfileBrokerDeleteProfileW", delete_profile_w);
    resolve("ProfileBrokerSetRemover", set_remover);
    resolve("ProfileBrokerGetStatus", get_status);
    resolve("ProfileBrokerErrorTextW", error_text_w);
  }
  LoadedDll(const LoadedDll&) = delete;
  LoadedDll& operator=(const LoadedDll&) = delete;
  ~LoadedDll() { free(); }

  void free() {
    if (module_) {
      FreeLibrary(module_);
      module_ = nullptr;
    }
  }
  static bool still_loaded() { return GetModuleHandleW(L"profile_broker.dll") != nullptr; }

  decltype(&ProfileBrokerAcquireW) acquire_w = nullptr;
  decltype(&ProfileBrokerAcquireA) acquire_a = nullptr;
  decltype(&ProfileBrokerRelease) release = nullptr;
  decltype(&ProfileBrokerDeleteProfileW) delete_profile_w = nullptr;
  decltype(&ProfileBrokerSetRemover) set_remover = nullptr;
  decltype(&ProfileBrokerGetStatus) get_status = nullptr;
  decltype(&ProfileBrokerErrorTextW) error_text_w = nullptr;

 private:
  template <typename Function>
  void resolve(const char* name, Function& function) {
    function = reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module_, name)));
    REQUIRE(function != nullptr);
  }

  HMODULE module_ = nullptr;
};

}  // namespace profile_broker::client
