// The pipe and the thread behind pipe_server_win.h.
#include "tests/client-lib/pipe_server_win.h"

#include <sddl.h>

#include <array>
#include <stdexcept>

#include "proto/framing.h"

namespace profile_broker::client {

std::wstring unique_pipe_name() {
  static std::atomic<int> next = 0;
  return L"\\\\.\\pipe\\profile-broker-test-" + std::to_wstring(GetCurrentProcessId()) + L"-" +
         std::to_wstring(++next);
}

PipeServer::PipeServer(std::wstring name, const wchar_t* security, Script script)
    : name_(std::move(name)), script_(std::move(script)) {
  SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, FALSE};
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(
          security, SDDL_REVISION_1, &attributes.lpSecurityDescriptor, nullptr)) {
    throw std::runtime_error("the test's SDDL is wrong");
  }
  pipe_ = CreateNamedPipeW(name_.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 65536,
                           65536, 0, &attributes);
  LocalFree(attributes.lpSecurityDescriptor);
  if (pipe_ == INVALID_HANDLE_VALUE) {
    throw std::runtime_error("the test cannot make its pipe");
  }
  thread_ = std::thread([this] { serve(); });
}

PipeServer::~PipeServer() {
  ending_ = true;
  // Ends a wait for the next client; a present client is disconnected by the second.
  const HANDLE wake =
      CreateFileW(name_.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  if (wake != INVALID_HANDLE_VALUE) {
    CloseHandle(wake);
  } else {
    DisconnectNamedPipe(pipe_);
  }
  thread_.join();
  CloseHandle(pipe_);
}

std::vector<Request> PipeServer::requests() const {
  const std::lock_guard lock(guard_);
  return requests_;
}

std::size_t PipeServer::count(std::string_view method) const {
  std::size_t count = 0;
  for (const auto& request : requests()) {
    count += request.method == method;
  }
  return count;
}

void PipeServer::serve() {
  while (!ending_) {
    // ERROR_NO_DATA: a client came and went before we looked.
    const DWORD error = ConnectNamedPipe(pipe_, nullptr) ? ERROR_SUCCESS : GetLastError();
    if (error != ERROR_SUCCESS && error != ERROR_PIPE_CONNECTED && error != ERROR_NO_DATA) {
      return;
    }
    if (!ending_) {
      ++connections_;
      converse();
      ++disconnections_;
    }
    DisconnectNamedPipe(pipe_);
  }
}

void PipeServer::converse() {
  FrameReader reader;
  std::array<char, 4096> buffer;
  DWORD got = 0;
  while (!ending_ && ReadFile(pipe_, buffer.data(), buffer.size(), &got, nullptr) && got > 0) {
    bytes_ += got;
    reader.append({buffer.data(), got});
    while (const auto frame = reader.next()) {
      const auto bytes = answer(*frame);
      DWORD written = 0;
      WriteFile(pipe_, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr);
    }
  }
}

std::string PipeServer::answer(std::string_view frame) {
  const auto read = read_request(frame);
  const auto& request = std::get<Request>(read);
  std::string bytes;
  if (request.method == "broker/hello") {
    append_frame(bytes, answer_text(*request.id, result_text(result::Hello{"9.9.9", "instance",
                                                                           "S-1-1", 1, 1, false})));
    return bytes;
  }
  {
    const std::lock_guard lock(guard_);
    requests_.push_back(request);
  }
  append_frame(bytes, answer_text(*request.id, result_text(script_(request))));
  return bytes;
}

}  // namespace profile_broker::client
