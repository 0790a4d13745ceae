#include "service/process_pin_win.h"

#include <utility>

#include "service/handle_win.h"
#include "service/longest_path_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

std::uint64_t ticks_of(const FILETIME& time) {
  return (std::uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime;
}

// The file's name without its folder: for people, so a process that does not tell is no trouble.
std::string image_of(HANDLE process) {
  std::wstring path(kLongestPath, L'\0');
  DWORD length = kLongestPath;
  if (QueryFullProcessImageNameW(process, 0, path.data(), &length) == FALSE) {
    return {};
  }
  path.resize(length);
  return utf8_text(path.substr(path.find_last_of(L'\\') + 1));
}

}  // namespace

WindowsProcessPin::WindowsProcessPin(boost::asio::windows::object_handle process, ProcessKey key,
                                     std::string image, std::uint32_t session)
    : process_(std::move(process)) {
  key_ = key;
  image_ = std::move(image);
  session_ = session;
}

WindowsProcessPin::~WindowsProcessPin() {
  *wanted_ = false;
}

void WindowsProcessPin::wait_for_end(std::function<void()> ended) {
  // The end may be on its way through the executor's queue while the pin is being destroyed.
  process_.async_wait(
      [ended = std::move(ended), wanted = wanted_](const boost::system::error_code& error) {
        if (*wanted && !error) {
          ended();
        }
      });
}

std::unique_ptr<WindowsProcessPin> pin_windows_process(const boost::asio::any_io_executor& executor,
                                                       std::uint32_t pid, DWORD& error) {
  KernelHandle process(
      OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, DWORD{pid}));
  FILETIME created{};
  FILETIME exited{};
  FILETIME kernel{};
  FILETIME user{};
  DWORD session = 0;
  if (!process || GetProcessTimes(process.get(), &created, &exited, &kernel, &user) == FALSE ||
      ProcessIdToSessionId(DWORD{pid}, &session) == FALSE) {
    error = GetLastError();
    return nullptr;
  }
  if (WaitForSingleObject(process.get(), 0) != WAIT_TIMEOUT) {
    error = ERROR_PROCESS_ABORTED;
    return nullptr;
  }
  auto image = image_of(process.get());
  boost::asio::windows::object_handle waitable(executor);
  boost::system::error_code refused;
  waitable.assign(process.get(), refused);
  if (refused) {
    error = static_cast<DWORD>(refused.value());
    return nullptr;
  }
  static_cast<void>(process.release());  // waitable closes it
  return std::make_unique<WindowsProcessPin>(std::move(waitable),
                                             ProcessKey{pid, ticks_of(created)}, std::move(image),
                                             std::uint32_t{session});
}

std::unique_ptr<ProcessPin> pin_process(const boost::asio::any_io_executor& executor,
                                        std::uint32_t pid, bool& may_run) {
  DWORD error = ERROR_INVALID_PARAMETER;  // what a pid that nobody has is answered with
  auto pin = pin_windows_process(executor, pid, error);
  may_run = error != ERROR_INVALID_PARAMETER && error != ERROR_PROCESS_ABORTED;
  return pin;
}

std::unique_ptr<ProcessPin> pin_process(const boost::asio::any_io_executor& executor,
                                        std::uint32_t pid) {
  bool may_run = false;
  return pin_process(executor, pid, may_run);
}

std::string boot_identity() {
  return {};
}

}  // namespace profile_broker::service
