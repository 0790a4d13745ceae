// A real process for a test: started from the folder of the test program, ended for real.
#pragma once

#include <windows.h>

#include <string>

#include "service/handle_win.h"
#include "service/windows_text_win.h"
#include "tests/support/catch.h"
#include "tests/support/start_process_win.h"

namespace profile_broker::service {

class ChildProcess {
 public:
  // arguments: the program's file name first, as on a command line. token: borrowed; null starts it
  // as the test itself.
  explicit ChildProcess(const std::string& arguments, HANDLE token = nullptr) {
    std::wstring folder(32768, L'\0');
    folder.resize(GetModuleFileNameW(nullptr, folder.data(), 32768));
    folder.resize(folder.find_last_of(L'\\') + 1);
    auto line = folder + wide_text(arguments);
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION started{};
    const bool done = start_process([&] {
      return token == nullptr
                 ? CreateProcessW(nullptr, line.data(), nullptr, nullptr, FALSE, 0, nullptr,
                                  nullptr, &startup, &started)
                 : CreateProcessAsUserW(token, nullptr, line.data(), nullptr, nullptr, FALSE, 0,
                                        nullptr, nullptr, &startup, &started);
    });
    INFO(arguments << ": " << windows_error_text(GetLastError()));
    REQUIRE(done);
    CloseHandle(started.hThread);
    process_.reset(started.hProcess);
    pid_ = started.dwProcessId;
  }
  ~ChildProcess() { kill(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  DWORD pid() const { return pid_; }
  // When it has ended by itself.
  DWORD exit_code() const {
    DWORD code = 0;
    REQUIRE(WaitForSingleObject(process_.get(), 60'000) == WAIT_OBJECT_0);
    REQUIRE(GetExitCodeProcess(process_.get(), &code) != FALSE);
    return code;
  }
  void kill() {
    TerminateProcess(process_.get(), 9);
    WaitForSingleObject(process_.get(), INFINITE);
  }
  // Ends our handle too, so that the pid is free.
  void forget() { process_.reset(); }

 private:
  KernelHandle process_;
  DWORD pid_ = 0;
};

}  // namespace profile_broker::service
