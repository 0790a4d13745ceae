// The program on Windows. Hardens the process, then runs the broker in a terminal (--console) or
// under the service control manager.
#include <windows.h>

#include <cstdio>
#include <exception>

#include "service/broker_program_win.h"
#include "service/console_run_win.h"
#include "service/event_log_win.h"
#include "service/memory_reserve.h"
#include "service/service_configuration_win.h"
#include "service/settings_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

constexpr char kNotAService[] =
    "mapi-profile-broker is a Windows service, and the service control manager did not start it.\n"
    "Start the service with\n"
    "    sc.exe start MapiProfileBroker\n"
    "or run it in this terminal, from an elevated prompt, with\n"
    "    mapi-profile-broker.exe --console\n"
    "--help names all options.\n";

// Best effort: a Windows that does not know a policy runs the service all the same.
void harden_process() {
  PROCESS_MITIGATION_EXTENSION_POINT_DISABLE_POLICY extension_points{};
  extension_points.DisableExtensionPoints = 1;
  SetProcessMitigationPolicy(ProcessExtensionPointDisablePolicy, &extension_points,
                             sizeof extension_points);
  PROCESS_MITIGATION_IMAGE_LOAD_POLICY images{};
  images.NoRemoteImages = 1;
  images.NoLowMandatoryLabelImages = 1;
  SetProcessMitigationPolicy(ProcessImageLoadPolicy, &images, sizeof images);
}

void say(std::FILE* stream, const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += (text.empty() ? "" : "; ") + line;
  }
  return text;
}

// Nobody reads the output of a program that an installer runs, so that what went wrong is an event
// as well.
ExitCode configure() {
  const auto installed = configure_installed_service(kServiceName);
  for (const auto& line : installed.lines) {
    say(stdout, line + "\n");
  }
  if (!installed.not_done.empty()) {
    LogGroup log;
    log.add(make_event_log());
    log.add(make_console_log(false));
    log.report(log_event<LogEventId::not_configured>(joined(installed.not_done)));
  }
  return installed.usable ? ExitCode::success : ExitCode::not_configured;
}

ExitCode forget_settings() {
  if (forget_machine_settings()) {
    return ExitCode::success;
  }
  say(stderr, "The settings stay: " + windows_error_text(GetLastError()) + "\n");
  return ExitCode::unexpected;
}

ExitCode run_program(const std::vector<std::string>& arguments) {
  const auto options = read_options(arguments, {});
  if (const auto* answer = std::get_if<SayAndExit>(&options)) {
    say(stdout, answer->text);
    return ExitCode::success;
  }
  const auto* understood = std::get_if<Options>(&options);
  if (understood != nullptr && understood->task != Task::serve) {
    return understood->task == Task::configure ? configure() : forget_settings();
  }
  if (understood != nullptr && understood->console) {
    const auto log = make_console_log(understood->verbose);
    BrokerProgram program(arguments, *log);
    return run_in_console(program, *log);
  }
  // A command line that is wrong too: the manager is told the reason instead of a timeout.
  LogGroup log;
  log.add(make_event_log());
  log.add(make_console_log(understood != nullptr && understood->verbose));
  BrokerProgram program(arguments, log);
  if (const auto code = run_under_service_control(program)) {
    return *code;
  }
  if (const auto* failure = std::get_if<StartFailure>(&options)) {
    say(stderr, failure->text + "\n");
    return failure->code;
  }
  say(stderr, kNotAService);
  return ExitCode::not_a_service;
}

}  // namespace
}  // namespace profile_broker::service

int wmain(int count, wchar_t** words) {
  // Before anything can load a DLL: from the system's folder, and from nowhere else.
  SetDllDirectoryW(L"");
  SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  namespace service = profile_broker::service;
  try {
    service::harden_process();
    service::install_memory_reserve();
    std::vector<std::string> arguments;
    for (int i = 1; i < count; ++i) {
      arguments.push_back(service::utf8_text(words[i]));
    }
    return static_cast<int>(service::run_program(arguments));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mapi-profile-broker: %s\n", error.what());
    return static_cast<int>(service::ExitCode::unexpected);
  }
}
