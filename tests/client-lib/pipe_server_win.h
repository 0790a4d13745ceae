// A named-pipe server whose behaviour a test writes, with the owner that a test wants. One client
// at a time, on a thread of its own.
#pragma once

#include <windows.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "proto/jsonrpc.h"
#include "proto/messages.h"

namespace profile_broker::client {

class PipeServer {
 public:
  // The result for a request; hello is answered.
  using Script = std::function<Result(const Request& request)>;

  // security: SDDL. "O:SY..." makes it LocalSystem's, which Wine allows to everybody.
  PipeServer(std::wstring name, const wchar_t* security, Script script);
  ~PipeServer();

  std::vector<Request> requests() const;
  std::size_t count(std::string_view method) const;
  std::size_t connections() const { return connections_; }
  std::size_t disconnections() const { return disconnections_; }
  std::size_t bytes_received() const { return bytes_; }

 private:
  void serve();
  void converse();
  std::string answer(std::string_view frame);

  std::wstring name_;
  Script script_;
  HANDLE pipe_ = INVALID_HANDLE_VALUE;
  std::atomic<bool> ending_ = false;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::size_t> disconnections_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  mutable std::mutex guard_;
  std::vector<Request> requests_;
  std::thread thread_;
};

inline constexpr const wchar_t* kOwnedBySystem = L"O:SYG:SYD:P(A;;FA;;;WD)";
inline constexpr const wchar_t* kOwnedByUsers = L"O:BUG:BUD:P(A;;FA;;;WD)";

// Unlike any other test's.
std::wstring unique_pipe_name();

}  // namespace profile_broker::client
