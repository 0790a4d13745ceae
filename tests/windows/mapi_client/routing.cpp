#include "tests/windows/mapi_client/routing.h"

#include <windows.h>

#include <stdexcept>

#include "tests/support/catch.h"
#include "tests/support/start_process_win.h"

namespace scene {

std::string path_beside(const std::string& file) {
  char path[MAX_PATH] = "";
  GetModuleFileNameA(nullptr, path, MAX_PATH);
  const std::string own = path;
  return own.substr(0, own.rfind('\\') + 1) + file;
}

ToolResult run_tool(const std::string& arguments) {
  HANDLE read = nullptr;
  HANDLE write = nullptr;
  if (!CreatePipe(&read, &write, nullptr, 1 << 16) ||
      !SetHandleInformation(write, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) {
    throw std::runtime_error("cannot create a pipe");
  }
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdOutput = write;
  startup.hStdError = write;
  std::string command = "\"" + path_beside("profile-broker.exe") + "\" " + arguments;
  PROCESS_INFORMATION made = {};
  const bool started = profile_broker::start_process([&] {
    return CreateProcessA(nullptr, command.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr,
                          &startup, &made);
  });
  const DWORD error = GetLastError();
  CloseHandle(write);
  if (!started) {
    CloseHandle(read);
    throw std::runtime_error("cannot start profile-broker.exe beside the test program: error " +
                             std::to_string(error));
  }
  ToolResult result;
  char block[4096];
  for (DWORD size = 0; ReadFile(read, block, sizeof block, &size, nullptr) && size > 0;) {
    result.output.append(block, size);
  }
  WaitForSingleObject(made.hProcess, 30'000);
  GetExitCodeProcess(made.hProcess, &result.exit_code);
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  CloseHandle(read);
  return result;
}

Routing::Routing(const std::string& provider) {
  const auto result =
      run_tool("mapi enable --default" +
               (provider.empty() ? "" : " --provider \"" + path_beside(provider) + "\""));
  INFO(result.output);
  REQUIRE(result.exit_code == 0);
}

Routing::~Routing() {
  run_tool("mapi disable --all");
}

}  // namespace scene
