// Overlapped named-pipe I/O behind channel.h. The caller's thread waits itself, so the library
// needs no thread of its own. The rights asked for are what the service's pipe grants to everybody;
// with SECURITY_IDENTIFICATION the server learns who we are and cannot act as us.
#include "client-lib/channel.h"

#include <windows.h>

#include <algorithm>

#include "client-lib/handle_win.h"
#include "client-lib/server_trust.h"
#include "client-lib/wide_text_win.h"

namespace profile_broker::client {
namespace {

// READ_CONTROL (to verify the owner), SYNCHRONIZE, FILE_READ_DATA, FILE_WRITE_DATA,
// FILE_READ_ATTRIBUTES. Not FILE_APPEND_DATA, which on a pipe is FILE_CREATE_PIPE_INSTANCE.
constexpr DWORD kAccess = 0x120083;
constexpr DWORD kFlags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;

// Several clients that find the pipe busy at once must not come back at once.
DWORD busy_pause_ms() {
  LARGE_INTEGER ticks;
  QueryPerformanceCounter(&ticks);
  return 3 + static_cast<DWORD>((ticks.LowPart ^ GetCurrentThreadId()) % 15);
}

ChannelError error_of_open(DWORD error, const Endpoint& endpoint) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      return is_service_installed(endpoint) ? ChannelError::not_running
                                            : ChannelError::not_installed;
    case ERROR_ACCESS_DENIED:
      return ChannelError::denied;
    default:
      return ChannelError::not_running;
  }
}

}  // namespace

struct Channel::Handles {
  FileHandle pipe;
  KernelHandle done;  // the event of the one operation under way

  // Waits for an operation that was begun; cancels it at the deadline. Never returns while the
  // system may still write into the operation's buffer.
  std::variant<std::size_t, ChannelError> finish(BOOL begun, OVERLAPPED& operation,
                                                 Deadline deadline) {
    if (!begun && GetLastError() != ERROR_IO_PENDING) {
      return ChannelError::broken;
    }
    const auto left = static_cast<DWORD>(milliseconds_until(deadline));
    if (WaitForSingleObject(done.get(), left) != WAIT_OBJECT_0) {
      CancelIoEx(pipe.get(), &operation);
    }
    DWORD bytes = 0;
    if (GetOverlappedResult(pipe.get(), &operation, &bytes, TRUE)) {
      return static_cast<std::size_t>(bytes);
    }
    return GetLastError() == ERROR_OPERATION_ABORTED ? ChannelError::timed_out
                                                     : ChannelError::broken;
  }

  OVERLAPPED operation() const {
    OVERLAPPED fresh{};
    fresh.hEvent = done.get();
    return fresh;
  }
};

Channel::Channel(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Channel::Channel(Channel&&) noexcept = default;
Channel& Channel::operator=(Channel&&) noexcept = default;
Channel::~Channel() = default;

std::variant<Channel, ChannelError> Channel::open(const Endpoint& endpoint, Deadline deadline) {
  const auto name = wide_from_utf8(endpoint.address);
  if (!name || !is_local_address(endpoint.address)) {
    return ChannelError::not_installed;
  }
  FileHandle pipe;
  for (;;) {
    pipe =
        FileHandle(CreateFileW(name->c_str(), kAccess, 0, nullptr, OPEN_EXISTING, kFlags, nullptr));
    if (pipe) {
      break;
    }
    if (const DWORD error = GetLastError(); error != ERROR_PIPE_BUSY) {
      return error_of_open(error, endpoint);
    }
    if (milliseconds_until(deadline) == 0) {
      return ChannelError::timed_out;
    }
    Sleep(busy_pause_ms());
  }
  const auto owner = owner_of_server(reinterpret_cast<NativeHandle>(pipe.get()));
  const auto& trusted = endpoint.trusted_owners;
  if (!owner || std::find(trusted.begin(), trusted.end(), *owner) == trusted.end()) {
    return ChannelError::untrusted;
  }
  KernelHandle done(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!done) {
    return ChannelError::not_running;
  }
  return Channel(std::make_unique<Handles>(Handles{std::move(pipe), std::move(done)}));
}

std::optional<ChannelError> Channel::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    auto operation = handles_->operation();
    const BOOL begun = WriteFile(handles_->pipe.get(), bytes.data(),
                                 static_cast<DWORD>(bytes.size()), nullptr, &operation);
    const auto written = handles_->finish(begun, operation, deadline);
    if (const auto* error = std::get_if<ChannelError>(&written)) {
      return *error;
    }
    bytes.remove_prefix(std::get<std::size_t>(written));
  }
  return std::nullopt;
}

std::variant<std::size_t, ChannelError> Channel::read(char* buffer, std::size_t size,
                                                      Deadline deadline) {
  auto operation = handles_->operation();
  const BOOL begun =
      ReadFile(handles_->pipe.get(), buffer, static_cast<DWORD>(size), nullptr, &operation);
  const auto got = handles_->finish(begun, operation, deadline);
  if (const auto* bytes = std::get_if<std::size_t>(&got); bytes && *bytes == 0) {
    return ChannelError::broken;
  }
  return got;
}

}  // namespace profile_broker::client
