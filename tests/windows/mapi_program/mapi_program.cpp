// A MAPI program with a dynamic profile, in two builds of this one source: as such programs are
// written today, and with the client library of the MAPI Profile Broker. The `if constexpr
// (kWithBroker)` lines are all that differs, and all that a program has to change.
//
//   mapi_program.exe [--session N]
//
// It takes one command a line from its standard input and answers each with exactly one line, which
// says what the program saw: the calls it made, their results, and what it read. --session puts it
// into that Terminal Services session. The commands are in kCommands; an unknown one is answered
// with their list.
#include <fcntl.h>
#include <io.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "profile_broker/client.h"
#include "tests/windows/mapi_program/mapi_library.h"
#include "tests/windows/mapi_program/terminal_session.h"

namespace scene {
namespace {

constexpr bool kWithBroker = PROGRAM_WITH_BROKER != 0;

// Identifies the profile; MAPI writes PR_PROFILE_NAME there.
constexpr MAPIUID kProfileInstance = {
    {0x85, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}};
// The profile's global section, where programs keep settings of their own.
constexpr MAPIUID kGlobalSection = {{0x13, 0xDB, 0xB0, 0xC8, 0xAA, 0x05, 0x10, 0x1A, 0x9B, 0xB0,
                                     0x00, 0xAA, 0x00, 0x2F, 0xC4, 0x5A}};

LPTSTR ansi(const std::string& text) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(text.c_str()));
}

class Program {
 public:
  explicit Program(const MapiLibrary& mapi) : mapi_(mapi) {}

  std::string initialize(const std::string&) {
    const HRESULT result = mapi_.initialize(nullptr);
    std::string answer = "MAPIInitialize " + result_text(result);
    if constexpr (kWithBroker) {
      answer += "; " + sweep("");
    }
    return answer;
  }

  std::string sweep(const std::string&) {
    if constexpr (kWithBroker) {
      uint32_t removed = 0;
      const HRESULT result = ProfileBrokerSweep(&removed);
      return "ProfileBrokerSweep " + result_text(result) +
             ", leftovers removed: " + std::to_string(removed);
    }
    return "today's programs have nothing to call here";
  }

  std::string create(const std::string& name) {
    return with_admin([&](LPPROFADMIN admin) {
      const HRESULT result = admin->CreateProfile(ansi(name), nullptr, 0, 0);
      return "IProfAdmin::CreateProfile " + quoted(name) + " " + result_text(result, admin, mapi_);
    });
  }

  std::string logon(const std::string& name) {
    std::string answer;
    if constexpr (kWithBroker) {
      const HRESULT acquired =
          ProfileBrokerAcquireA(name.c_str(), PROFILE_BROKER_TEMPORARY, &reference_);
      answer = "ProfileBrokerAcquire " + result_text(acquired) + "; ";
      if (FAILED(acquired)) {
        return answer + "no logon";
      }
    }
    const HRESULT result = mapi_.logon(0, ansi(name), nullptr,
                                       MAPI_NEW_SESSION | MAPI_EXTENDED | MAPI_NO_MAIL, &session_);
    answer += "MAPILogonEx " + quoted(name) + " " + result_text(result);
    if (FAILED(result)) {
      return answer + end_reference();
    }
    profile_ = name;
    MAPIUID instance = kProfileInstance;
    MAPIUID global = kGlobalSection;
    const HRESULT opened = session_->OpenProfileSection(&instance, nullptr, 0, &instance_);
    const HRESULT settings =
        session_->OpenProfileSection(&global, nullptr, MAPI_MODIFY, &settings_);
    return answer + "; OpenProfileSection " + result_text(opened) + ", " + result_text(settings);
  }

  std::string read(const std::string&) {
    return on_session([this] {
      std::string answer;
      if (!append_text(instance_, PR_PROFILE_NAME_A, mapi_, answer)) {
        return answer;
      }
      answer += "; ";
      append_text(settings_, PR_COMMENT_A, mapi_, answer);
      return answer;
    });
  }

  std::string write(const std::string& text) {
    return on_session([&] {
      SPropValue value = {};
      value.ulPropTag = PR_COMMENT_A;
      value.Value.lpszA = const_cast<char*>(text.c_str());
      const HRESULT result = settings_->SetProps(1, &value, nullptr);
      return "PR_COMMENT " + quoted(text) + " " + result_text(result, settings_, mapi_);
    });
  }

  std::string remove(const std::string& given) {
    const std::string& name = given.empty() ? profile_ : given;
    if constexpr (kWithBroker) {
      int32_t deferred = 0;
      const HRESULT result = ProfileBrokerDeleteProfileA(name.c_str(), &deferred);
      return "ProfileBrokerDeleteProfile " + quoted(name) + " " + result_text(result) +
             (FAILED(result)  ? ""
              : deferred != 0 ? ", deferred until the last reference ends"
                              : ", deleted");
    }
    return with_admin([&](LPPROFADMIN admin) {
      const HRESULT result = admin->DeleteProfile(ansi(name), 0);
      return "IProfAdmin::DeleteProfile " + quoted(name) + " " + result_text(result, admin, mapi_);
    });
  }

  std::string profiles(const std::string&) {
    return with_admin([this](LPPROFADMIN admin) {
      LPMAPITABLE table = nullptr;
      const HRESULT result = admin->GetProfileTable(0, &table);
      return FAILED(result) ? "GetProfileTable " + result_text(result, admin, mapi_)
                            : "profile table: " + take_rows_text(table, mapi_);
    });
  }

  std::string logoff(const std::string&) {
    return on_session([this] {
      instance_->Release();
      settings_->Release();
      const HRESULT result = session_->Logoff(0, 0, 0);
      session_->Release();
      session_ = nullptr;
      return "IMAPISession::Logoff " + result_text(result) + end_reference();
    });
  }

  std::string status(const std::string&) {
    if constexpr (kWithBroker) {
      PROFILE_BROKER_STATUS status = {};
      status.size = sizeof(status);
      const HRESULT result = ProfileBrokerGetStatus(&status);
      return "ProfileBrokerGetStatus " + result_text(result) + ", " +
             (status.available != 0 ? "the service answers" : "no service") +
             ", references: " + std::to_string(status.own_references) +
             ", unregistered: " + std::to_string(status.unregistered);
    }
    return "today's programs have nothing to call here";
  }

  std::string uninitialize(const std::string&) {
    mapi_.uninitialize();
    return "MAPIUninitialize done";
  }

  // Ends as a crash does: nothing is released, no code of this process runs any more.
  std::string crash(const std::string&) {
    TerminateProcess(GetCurrentProcess(), 3);
    return "";
  }

 private:
  template <typename Call>
  std::string with_admin(Call call) {
    LPPROFADMIN admin = nullptr;
    const HRESULT result = mapi_.admin_profiles(0, &admin);
    if (FAILED(result)) {
      return "MAPIAdminProfiles " + result_text(result);
    }
    const std::string answer = call(admin);
    admin->Release();
    return answer;
  }

  template <typename Call>
  std::string on_session(Call call) {
    return session_ == nullptr || instance_ == nullptr || settings_ == nullptr ? "not logged on"
                                                                               : call();
  }

  std::string end_reference() {
    if constexpr (kWithBroker) {
      const HRESULT released = ProfileBrokerRelease(reference_);
      reference_ = nullptr;
      return "; ProfileBrokerRelease " + result_text(released);
    }
    return "";
  }

  const MapiLibrary& mapi_;
  std::string profile_;
  LPMAPISESSION session_ = nullptr;
  LPPROFSECT instance_ = nullptr;
  LPPROFSECT settings_ = nullptr;
  PROFILE_BROKER_REFERENCE reference_ = nullptr;
};

struct Command {
  const char* name;
  std::string (Program::*run)(const std::string& argument);
};

constexpr std::array<Command, 12> kCommands = {{
    {"initialize", &Program::initialize},
    {"sweep", &Program::sweep},
    {"create", &Program::create},
    {"logon", &Program::logon},
    {"read", &Program::read},
    {"write", &Program::write},
    {"delete", &Program::remove},
    {"profiles", &Program::profiles},
    {"logoff", &Program::logoff},
    {"status", &Program::status},
    {"uninitialize", &Program::uninitialize},
    {"crash", &Program::crash},
}};

std::string run_command(Program& program, const std::string& line) {
  const size_t space = line.find(' ');
  const std::string name = line.substr(0, space);
  const std::string argument = space == std::string::npos ? "" : line.substr(space + 1);
  std::string known;
  for (const Command& command : kCommands) {
    if (name == command.name) {
      return name + ": " + (program.*command.run)(argument);
    }
    known += std::string(" ") + command.name;
  }
  return name + ": unknown command; there are quit and" + known;
}

int run(const MapiLibrary& mapi) {
  Program program(mapi);
  std::printf("ready: session %lu, process %lu, %s\n", current_terminal_session(),
              GetCurrentProcessId(),
              kWithBroker ? "with the broker's client library" : "as programs are written today");
  std::fflush(stdout);
  std::string line;
  while (std::getline(std::cin, line) && line != "quit") {
    std::printf("%s\n", run_command(program, line).c_str());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace scene

int main(int count, char** arguments) {
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  const std::vector<std::string> options(arguments + 1, arguments + count);
  if (options.size() == 2 && options[0] == "--session") {
    const LONG status = scene::enter_terminal_session(std::stoul(options[1]));
    if (status < 0) {
      std::fprintf(stderr,
                   "cannot enter session %s: NTSTATUS 0x%08lX; this works under Wine only\n",
                   options[1].c_str(), static_cast<ULONG>(status));
      return 1;
    }
  } else if (!options.empty()) {
    std::fprintf(stderr, "usage: mapi_program [--session N], then one command a line\n");
    return 2;
  }
  scene::MapiLibrary mapi;
  if (!mapi.load()) {
    std::fprintf(stderr, "cannot load mapi32.dll: Win32 %lu\n", GetLastError());
    return 1;
  }
  return scene::run(mapi);
}
