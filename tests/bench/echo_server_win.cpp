// The limit on Windows: a named pipe's server that sends back what it has read, with one thread, a
// completion port and overlapped reads and writes, as the broker has them, and nothing else. Ends
// when it is killed.
//   bench-echo-win PIPE_NAME
#include <windows.h>

#include <cstdio>
#include <memory>
#include <string>

namespace {

constexpr DWORD kBufferBytes = 65'536;
constexpr ULONG_PTR kPipes = 1;

// One instance of the pipe and the one operation that it has under way.
struct Instance {
  enum class Doing { connecting, reading, writing };

  OVERLAPPED operation{};  // first: a completion gives its address
  HANDLE pipe = INVALID_HANDLE_VALUE;
  Doing doing = Doing::connecting;
  char bytes[kBufferBytes];

  ~Instance() { CloseHandle(pipe); }

  bool begun(BOOL done) const { return done || GetLastError() == ERROR_IO_PENDING; }
  bool read() {
    doing = Doing::reading;
    operation = {};
    return begun(ReadFile(pipe, bytes, kBufferBytes, nullptr, &operation));
  }
  bool write(DWORD size) {
    doing = Doing::writing;
    operation = {};
    return begun(WriteFile(pipe, bytes, size, nullptr, &operation));
  }
};

// Another instance, which waits for a client; it owns itself from here on. False: there is none.
bool wait_for_client(const std::wstring& name, HANDLE port) {
  auto instance = std::make_unique<Instance>();
  instance->pipe = CreateNamedPipeW(name.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                    PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT,
                                    PIPE_UNLIMITED_INSTANCES, 4096, 4096, 0, nullptr);
  if (instance->pipe == INVALID_HANDLE_VALUE ||
      CreateIoCompletionPort(instance->pipe, port, kPipes, 0) == nullptr) {
    return false;
  }
  if (!ConnectNamedPipe(instance->pipe, &instance->operation) &&
      GetLastError() == ERROR_PIPE_CONNECTED) {
    PostQueuedCompletionStatus(port, 0, kPipes, &instance->operation);
  }
  static_cast<void>(instance.release());  // given back by its completion
  return true;
}

// Goes on with what has completed. False: the client has gone.
bool go_on(Instance& instance, DWORD bytes) {
  return instance.doing == Instance::Doing::reading ? instance.write(bytes) : instance.read();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: bench-echo-win PIPE_NAME\n");
    return 2;
  }
  const std::string narrow = arguments[1];
  const std::wstring name(narrow.begin(), narrow.end());
  const HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1);
  if (!wait_for_client(name, port)) {
    std::fprintf(stderr, "bench-echo-win: cannot make the pipe, error %lu\n", GetLastError());
    return 1;
  }
  for (;;) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* operation = nullptr;
    const BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE);
    std::unique_ptr<Instance> instance(reinterpret_cast<Instance*>(operation));
    if (!instance) {
      return 1;
    }
    if (instance->doing == Instance::Doing::connecting && !wait_for_client(name, port)) {
      return 1;
    }
    if (good && go_on(*instance, bytes)) {
      static_cast<void>(instance.release());
    }
  }
}
