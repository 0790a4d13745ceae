// Sees when the machine's settings may have changed, in the registry key or in its policy twin, so
// that a Group Policy refresh or a change by hand takes effect without a restart and without a
// control. What the keys hold, and whether it is news, is for who is told.
#pragma once

#include <windows.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "service/handle_win.h"

namespace profile_broker::service {

class SettingsWatch {
 public:
  // changed is called on the watch's own thread: once soon after this, for what happened before,
  // and then about a second after a change, when those who write several values are done. It must
  // not throw, and may be called for nothing. Keys that do not exist yet are seen when they are
  // made, as long as their parents exist. Throws std::system_error when there is no thread to be
  // had.
  SettingsWatch(HKEY root, std::vector<std::wstring> keys, std::function<void()> changed);
  // Waits for changed when it is being called.
  ~SettingsWatch();
  SettingsWatch(const SettingsWatch&) = delete;
  SettingsWatch& operator=(const SettingsWatch&) = delete;

 private:
  void watch();
  std::vector<RegistryKey> listen(HANDLE news) const;

  const HKEY root_;
  const std::vector<std::wstring> keys_;
  const std::function<void()> changed_;
  const KernelHandle stop_;
  std::thread thread_;
};

}  // namespace profile_broker::service
