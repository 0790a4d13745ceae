#include "tests/windows/scene/broker_service.h"

#include <windows.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "profile_broker/client.h"

namespace scene {
namespace {

constexpr ULONGLONG kDeadline = 120'000;  // milliseconds

struct CloseService {
  using pointer = SC_HANDLE;
  void operator()(SC_HANDLE handle) const { CloseServiceHandle(handle); }
};
using Service = std::unique_ptr<SC_HANDLE, CloseService>;

struct CloseProcess {
  using pointer = HANDLE;
  void operator()(HANDLE handle) const { CloseHandle(handle); }
};
using Process = std::unique_ptr<HANDLE, CloseProcess>;

Service open_service() {
  const Service control(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  Service service(OpenServiceW(control.get(), L"MapiProfileBroker", SERVICE_ALL_ACCESS));
  if (!service) {
    throw std::runtime_error("the service MapiProfileBroker is not installed");
  }
  return service;
}

template <typename Condition>
void wait_until(const std::string& what, Condition condition) {
  const ULONGLONG deadline = GetTickCount64() + kDeadline;
  while (!condition()) {
    if (GetTickCount64() > deadline) {
      throw std::runtime_error("waited in vain for " + what);
    }
    Sleep(10);
  }
}

bool answers_and_has_recovered() {
  PROFILE_BROKER_STATUS status = {};
  status.size = sizeof(status);
  return ProfileBrokerGetStatus(&status) == S_OK && status.available != 0 && status.recovering == 0;
}

SERVICE_STATUS_PROCESS query(const Service& service) {
  SERVICE_STATUS_PROCESS status = {};
  DWORD size = 0;
  QueryServiceStatusEx(service.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status),
                       sizeof(status), &size);
  return status;
}

Process open_process(const SERVICE_STATUS_PROCESS& status) {
  return Process(OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE, FALSE, status.dwProcessId));
}

void wait_for_end(const Process& process) {
  if (process && WaitForSingleObject(process.get(), kDeadline) != WAIT_OBJECT_0) {
    throw std::runtime_error("waited in vain for the end of the service's process");
  }
}

}  // namespace

// Wine's service manager now and then cannot start a program that it starts the next time. That is
// not the service's doing; one that was started and has ended is, and is not started again.
void start_service() {
  const Service service = open_service();
  bool started = false;
  wait_until("the service to answer and to end its recovery", [&] {
    if (started && query(service).dwCurrentState == SERVICE_STOPPED) {
      throw std::runtime_error("the service was started and has ended");
    }
    if (!started) {
      started = StartServiceW(service.get(), 0, nullptr) != 0;
      if (const DWORD why = GetLastError(); !started && why != ERROR_SERVICE_ALREADY_RUNNING) {
        std::fprintf(stderr, "the service was not started (error %lu), trying again\n", why);
        Sleep(500);
      }
    }
    return answers_and_has_recovered();
  });
}

void stop_service() {
  const Service service = open_service();
  const Process process = open_process(query(service));
  SERVICE_STATUS status = {};
  ControlService(service.get(), SERVICE_CONTROL_STOP, &status);
  wait_until("SERVICE_STOPPED",
             [&service] { return query(service).dwCurrentState == SERVICE_STOPPED; });
  wait_for_end(process);
}

void kill_service() {
  const Process process = open_process(query(open_service()));
  if (!process || !TerminateProcess(process.get(), 9)) {
    throw std::runtime_error("there is no service process to kill");
  }
  wait_for_end(process);
}

}  // namespace scene
