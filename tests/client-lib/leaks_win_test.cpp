// Ten thousand uses of a profile through profile_broker.dll, against the real service as a process
// of its own: neither the program nor the service has a handle or memory more than before.
#include <windows.h>

#include <string>

#include "client-lib/handle_win.h"
#include "tests/client-lib/eventually.h"
#include "tests/client-lib/loaded_dll_win.h"
#include "tests/client-lib/pipe_server_win.h"
#include "tests/support/open_handles_win.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/start_process_win.h"

namespace profile_broker::client {
namespace {

constexpr int kWarmUp = 500;
constexpr int kTurns = 10'000;
constexpr std::size_t kSlack = std::size_t{1024} * 1024;  // where 100 bytes a turn would be as much

// mapi-profile-broker.exe --console on a pipe and a folder of the test's own. On Windows itself
// that needs an elevated prompt.
class ConsoleService {
 public:
  explicit ConsoleService(const std::wstring& pipe) {
    wchar_t program[MAX_PATH];
    GetModuleFileNameW(nullptr, program, MAX_PATH);
    std::wstring line(program);
    line.resize(line.find_last_of(L'\\') + 1);
    const auto state = std::filesystem::path(folder_.file("state")).wstring();
    line = L"\"" + line + L"mapi-profile-broker.exe\" --console --endpoint " + pipe +
           L" --state \"" + state + L"\"";
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION started{};
    REQUIRE(start_process([&] {
      return CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr,
                            &startup, &started);
    }));
    CloseHandle(started.hThread);
    process_ = KernelHandle(started.hProcess);
    pid_ = started.dwProcessId;
  }
  ~ConsoleService() {
    TerminateProcess(process_.get(), 9);
    WaitForSingleObject(process_.get(), INFINITE);
  }
  ConsoleService(const ConsoleService&) = delete;
  ConsoleService& operator=(const ConsoleService&) = delete;

  std::size_t handles() const { return open_handles(pid_); }
  std::size_t memory() const { return resident_bytes(process_.get()); }
  bool runs() const { return WaitForSingleObject(process_.get(), 0) == WAIT_TIMEOUT; }

 private:
  ScratchFolder folder_;
  KernelHandle process_;
  DWORD pid_ = 0;
};

}  // namespace

TEST_CASE("ten thousand uses of a profile leave program and service as they were") {
  const auto name = unique_pipe_name();
  const ConsoleService service(name);
  LoadedDll dll(name);
  PROFILE_BROKER_STATUS status{};
  status.size = sizeof status;
  REQUIRE(eventually([&] {
    REQUIRE(service.runs());
    return dll.get_status(&status) == S_OK && status.available != 0;
  }));
  int registered = 0;
  const auto use = [&] {
    PROFILE_BROKER_REFERENCE reference = nullptr;
    registered += dll.acquire_w(L"Mail Gateway", 0, &reference) == S_OK;
    dll.release(reference);
  };
  for (int i = 0; i < kWarmUp; ++i) {
    use();
  }
  const auto own_handles = open_handles();
  const auto own_memory = resident_bytes();
  const auto handles = service.handles();
  const auto memory = service.memory();
  registered = 0;
  for (int i = 0; i < kTurns; ++i) {
    use();
  }
  CHECK(registered > kTurns / 2);  // a busy machine may let a turn pass unanswered
  CHECK(eventually([&] { return service.handles() <= handles + 5; }));
  CHECK(eventually([&] { return open_handles() <= own_handles + 5; }));
  CAPTURE(own_memory, memory);
  CHECK(resident_bytes() < own_memory + kSlack);
  CHECK(service.memory() < memory + kSlack);
}

}  // namespace profile_broker::client
