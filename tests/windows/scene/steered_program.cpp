#include "tests/windows/scene/steered_program.h"

#include <array>
#include <stdexcept>
#include <vector>

#include "tests/support/start_process_win.h"

// The debugger's way to stop a whole process; in no header of the Windows SDK.
extern "C" NTSYSAPI LONG NTAPI NtSuspendProcess(HANDLE process);
extern "C" NTSYSAPI LONG NTAPI NtResumeProcess(HANDLE process);

namespace scene {
namespace {

constexpr DWORD kDeadline = 180'000;  // milliseconds

std::wstring own_folder() {
  std::array<wchar_t, MAX_PATH> path{};
  GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  const std::wstring text = path.data();
  return text.substr(0, text.rfind(L'\\') + 1);
}

struct Pipe {
  HANDLE read = nullptr;
  HANDLE write = nullptr;
};

// A pipe of which only the given end is inherited by the child.
Pipe make_pipe(HANDLE Pipe::*inherited) {
  Pipe pipe;
  if (!CreatePipe(&pipe.read, &pipe.write, nullptr, 0) ||
      !SetHandleInformation(pipe.*inherited, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)) {
    throw std::runtime_error("cannot create a pipe");
  }
  return pipe;
}

}  // namespace

SteeredProgram::SteeredProgram(const std::string& program, unsigned session) {
  const Pipe input = make_pipe(&Pipe::read);
  const Pipe output = make_pipe(&Pipe::write);
  input_ = input.write;
  output_ = output.read;
  const std::wstring file = own_folder() + std::wstring(program.begin(), program.end()) + L".exe";
  std::wstring command = L"\"" + file + L"\" --session " + std::to_wstring(session);
  STARTUPINFOW startup = {};
  startup.cb = sizeof(startup);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = input.read;
  startup.hStdOutput = output.write;
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION made = {};
  const bool started = profile_broker::start_process([&] {
    return CreateProcessW(nullptr, command.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr,
                          &startup, &made);
  });
  const DWORD error = GetLastError();
  CloseHandle(input.read);
  CloseHandle(output.write);
  if (!started) {
    close_all();
    throw std::runtime_error("cannot start " + program + ".exe beside the test program: error " +
                             std::to_string(error));
  }
  CloseHandle(made.hThread);
  process_ = made.hProcess;
  read_line();  // "ready: ..."
}

SteeredProgram::~SteeredProgram() {
  if (process_ != nullptr) {
    TerminateProcess(process_, 1);
    WaitForSingleObject(process_, kDeadline);
  }
  close_all();
}

std::string SteeredProgram::tell(const std::string& command) {
  const std::string line = command + "\n";
  DWORD written = 0;
  if (!WriteFile(input_, line.data(), static_cast<DWORD>(line.size()), &written, nullptr)) {
    throw std::runtime_error("the program has ended before: " + command);
  }
  const std::string answer = read_line();
  return answer.substr(answer.find(": ") + 2);
}

void SteeredProgram::freeze() {
  if (NtSuspendProcess(process_) < 0) {
    throw std::runtime_error("the program cannot be suspended");
  }
}

void SteeredProgram::thaw() {
  if (NtResumeProcess(process_) < 0) {
    throw std::runtime_error("the program cannot be resumed");
  }
}

void SteeredProgram::leave() {
  DWORD written = 0;
  WriteFile(input_, "quit\n", 5, &written, nullptr);
  if (WaitForSingleObject(process_, kDeadline) != WAIT_OBJECT_0) {
    throw std::runtime_error("the program does not leave");
  }
  close_all();
}

void SteeredProgram::kill() {
  TerminateProcess(process_, 3);
  WaitForSingleObject(process_, kDeadline);
  close_all();
}

// Anonymous pipes have no read with a deadline, so this asks what is there before it reads.
std::string SteeredProgram::read_line() {
  const ULONGLONG deadline = GetTickCount64() + kDeadline;
  size_t end = pending_.find('\n');
  while (end == std::string::npos) {
    DWORD available = 0;
    if (!PeekNamedPipe(output_, nullptr, 0, nullptr, &available, nullptr) ||
        GetTickCount64() > deadline) {
      throw std::runtime_error("the program has not answered; it said: " + pending_);
    }
    if (available == 0) {
      Sleep(1);
      continue;
    }
    std::vector<char> bytes(available);
    DWORD read = 0;
    ReadFile(output_, bytes.data(), available, &read, nullptr);
    pending_.append(bytes.data(), read);
    end = pending_.find('\n');
  }
  const std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  return line;
}

void SteeredProgram::close_all() {
  for (HANDLE* handle : {&process_, &input_, &output_}) {
    if (*handle != nullptr) {
      CloseHandle(*handle);
      *handle = nullptr;
    }
  }
}

}  // namespace scene
