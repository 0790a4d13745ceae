// A process pinned by an open handle: while the handle is open Windows gives its pid to nobody
// else.
#pragma once

#include <boost/asio/windows/object_handle.hpp>
#include <memory>

#include "service/process_pin.h"

namespace profile_broker::service {

class WindowsProcessPin final : public ProcessPin {
 public:
  WindowsProcessPin(boost::asio::windows::object_handle process, ProcessKey key, std::string image,
                    std::uint32_t session);
  ~WindowsProcessPin() override;
  WindowsProcessPin(const WindowsProcessPin&) = delete;
  WindowsProcessPin& operator=(const WindowsProcessPin&) = delete;

  void wait_for_end(std::function<void()> ended) override;

  // Borrowed; opened with SYNCHRONIZE and PROCESS_QUERY_LIMITED_INFORMATION.
  HANDLE process() { return process_.native_handle(); }

 private:
  boost::asio::windows::object_handle process_;
  std::shared_ptr<bool> wanted_ = std::make_shared<bool>(true);
};

// As pin_process(); when it gives null, error says why (ERROR_PROCESS_ABORTED: it has ended).
std::unique_ptr<WindowsProcessPin> pin_windows_process(const boost::asio::any_io_executor& executor,
                                                       std::uint32_t pid, DWORD& error);

}  // namespace profile_broker::service
