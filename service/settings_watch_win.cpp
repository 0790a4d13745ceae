// Registry notifications behind settings_watch_win.h. One is good for one change, belongs to the
// thread that asked for it, and is also given when its key's handle is closed: so one thread asks
// for all of them anew each time, with an event of their own, before it tells of the change. What
// changes while it is told comes as the next one.
#include "service/settings_watch_win.h"

#include <array>
#include <utility>

namespace profile_broker::service {
namespace {

// Group Policy removes its values before it writes them; nobody shall see the time between.
constexpr DWORD kSettleMs = 1'000;
// Without an event, for want of memory, to ask for notifications with.
constexpr DWORD kRetryMs = 60'000;

constexpr DWORD kInKey =
    REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_CHANGE_SECURITY;
// That a key is made or removed is news of its parent.
constexpr DWORD kInParent = REG_NOTIFY_CHANGE_NAME;

std::wstring parent_of(const std::wstring& key) {
  const auto last = key.rfind(L'\\');
  return last == std::wstring::npos ? std::wstring() : key.substr(0, last);
}

}  // namespace

SettingsWatch::SettingsWatch(HKEY root, std::vector<std::wstring> keys,
                             std::function<void()> changed)
    : root_(root),
      keys_(std::move(keys)),
      changed_(std::move(changed)),
      stop_(CreateEventW(nullptr, TRUE, FALSE, nullptr)),
      thread_([this] { watch(); }) {}

SettingsWatch::~SettingsWatch() {
  SetEvent(stop_.get());
  thread_.join();
}

std::vector<RegistryKey> SettingsWatch::listen(HANDLE news) const {
  std::vector<RegistryKey> listening;
  const auto listen_to = [&](const std::wstring& path, DWORD what) {
    HKEY opened = nullptr;
    if (RegOpenKeyExW(root_, path.c_str(), 0, KEY_NOTIFY | KEY_WOW64_64KEY, &opened) !=
        ERROR_SUCCESS) {
      return;
    }
    RegistryKey key(opened);
    if (RegNotifyChangeKeyValue(opened, FALSE, what, news, TRUE) == ERROR_SUCCESS) {
      listening.push_back(std::move(key));
    }
  };
  for (const auto& key : keys_) {
    listen_to(parent_of(key), kInParent);
    listen_to(key, kInKey);
  }
  return listening;
}

void SettingsWatch::watch() {
  for (;;) {
    const KernelHandle news(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    const auto listening = news ? listen(news.get()) : std::vector<RegistryKey>();
    changed_();
    const std::array<HANDLE, 2> events = {stop_.get(), news.get()};
    const DWORD ended =
        WaitForMultipleObjects(news ? 2 : 1, events.data(), FALSE, news ? INFINITE : kRetryMs);
    if (ended == WAIT_OBJECT_0 || ended == WAIT_FAILED ||
        WaitForSingleObject(stop_.get(), kSettleMs) != WAIT_TIMEOUT) {
      return;
    }
  }
}

}  // namespace profile_broker::service
