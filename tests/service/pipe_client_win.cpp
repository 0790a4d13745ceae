// A pipe client in a process of its own, for tests: written from the Windows API alone, so that it
// shares no mistake with the service or the client library.
//
//   pipe_client wait                   does nothing until it is killed
//   pipe_client raw PIPE TEXT          writes TEXT, shows what comes back until the pipe ends
//   pipe_client call PIPE JSON...      sends each JSON as a frame, shows each answer on a line,
//   then
//                                      stays connected until its standard input ends
//   pipe_client squat PIPE SDDL        is no client: makes the pipe in the service's place, with
//   that
//                                      descriptor, says "squats", and talks to nobody
#include <windows.h>

#include <sddl.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr DWORD kClientAccess = 0x120083;  // what our client library asks for
constexpr DWORD kPatienceMs = 10'000;

HANDLE connect(const std::string& pipe) {
  const auto give_up = GetTickCount64() + kPatienceMs;
  for (;;) {
    HANDLE handle = CreateFileA(pipe.c_str(), kClientAccess, 0, nullptr, OPEN_EXISTING,
                                SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
    if (handle != INVALID_HANDLE_VALUE) {
      return handle;
    }
    const DWORD error = GetLastError();
    if (error != ERROR_PIPE_BUSY || GetTickCount64() > give_up) {
      std::fprintf(stderr, "pipe_client: cannot connect to %s: error %lu\n", pipe.c_str(), error);
      std::exit(3);
    }
    WaitNamedPipeA(pipe.c_str(), 100);
  }
}

void write(HANDLE pipe, const std::string& text) {
  DWORD written = 0;
  if (WriteFile(pipe, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) == FALSE) {
    std::fprintf(stderr, "pipe_client: cannot write: error %lu\n", GetLastError());
    std::exit(4);
  }
}

// Up to size bytes; none at the end.
std::string read(HANDLE pipe, std::size_t size) {
  std::string bytes(size, '\0');
  DWORD got = 0;
  if (ReadFile(pipe, bytes.data(), static_cast<DWORD>(size), &got, nullptr) == FALSE) {
    got = 0;
  }
  bytes.resize(got);
  return bytes;
}

std::string read_frame(HANDLE pipe) {
  std::string header;
  while (!header.ends_with("\r\n\r\n")) {
    const auto byte = read(pipe, 1);
    if (byte.empty()) {
      std::fprintf(stderr, "pipe_client: the service ended the connection\n");
      std::exit(5);
    }
    header += byte;
  }
  const auto length = std::strtoul(header.c_str() + sizeof "Content-Length:" - 1, nullptr, 10);
  std::string content;
  while (content.size() < length) {
    const auto bytes = read(pipe, length - content.size());
    if (bytes.empty()) {
      std::exit(5);
    }
    content += bytes;
  }
  return content;
}

[[noreturn]] void squat(const std::string& name, const char* sddl) {
  SECURITY_ATTRIBUTES security{sizeof security, nullptr, FALSE};
  if (ConvertStringSecurityDescriptorToSecurityDescriptorA(
          sddl, SDDL_REVISION_1, &security.lpSecurityDescriptor, nullptr) == FALSE) {
    std::exit(2);
  }
  HANDLE pipe = CreateNamedPipeA(name.c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0,
                                 &security);
  if (pipe == INVALID_HANDLE_VALUE) {
    std::fprintf(stderr, "pipe_client: cannot make %s: error %lu\n", name.c_str(), GetLastError());
    std::exit(3);
  }
  std::puts("squats");
  std::fflush(stdout);
  for (;;) {
    ConnectNamedPipe(pipe, nullptr);
    char byte = 0;
    DWORD got = 0;
    if (ReadFile(pipe, &byte, 1, &got, nullptr) != FALSE && got == 1) {
      std::puts("somebody talks");  // no client of ours does
      std::fflush(stdout);
    }
    DisconnectNamedPipe(pipe);
  }
}

void show(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  const std::string mode = count > 1 ? words[1] : "";
  if (mode == "wait") {
    Sleep(INFINITE);
  }
  if (mode == "squat" && count == 4) {
    squat(words[2], words[3]);
  }
  if (count < 3) {
    return 2;
  }
  HANDLE pipe = connect(words[2]);
  if (mode == "raw" && count > 3) {
    write(pipe, words[3]);
    for (auto bytes = read(pipe, 4096); !bytes.empty(); bytes = read(pipe, 4096)) {
      show(bytes);
    }
    return 0;
  }
  for (int i = 3; i < count; ++i) {
    const std::string json = words[i];
    write(pipe, "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json);
    show(read_frame(pipe) + "\n");
  }
  while (std::getchar() != EOF) {
  }
  return 0;
}
