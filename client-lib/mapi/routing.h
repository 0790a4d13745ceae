// Which programs get the MAPI client DLL from Windows' mapi32.dll: who is routed, by whom a program
// is served, and what it takes to change that. Every change remembers what it replaces, and taking
// it back restores that, unless somebody else has changed it since. Changes need administrator's
// rights. Texts are UTF-8. On Linux there is no MAPI and every change fails.
#pragma once

#include <string>
#include <vector>

namespace profile_broker::client::mapi {

// What no routing reaches, in words for people.
inline constexpr const char* kRoutingLimits[] = {
    "Outlook itself, and whatever runs inside its process, loads olmapi32.dll directly and is not "
    "protected by routing; nor does it need to be changed to be safe from routed programs",
    "programs that load olmapi32.dll or exmapi32.dll by themselves never ask mapi32.dll",
    "programs built on Microsoft's MAPIStubLibrary since September 2025 prefer olmapi32.dll to "
    "what "
    "is registered; link the client library into those",
    "a program that runs already keeps the MAPI it has until it is started again",
};

inline constexpr const char* kRoutingLimitsInShort =
    "'profile-broker mapi enable PROGRAM.EXE' protects programs as they are; it does not reach "
    "Outlook itself, programs that load olmapi32.dll or exmapi32.dll directly, and programs built "
    "on MAPIStubLibrary since September 2025";

// The real MAPI that the DLL would go on to.
struct RealMapi {
  std::string path;     // empty when nothing names one
  std::string source;   // in words
  std::string problem;  // in words; empty when nothing speaks against it
};

struct RoutedProgram {
  std::string program;  // file name, as in GATEWAY.EXE
  bool x64 = false;     // routed as a 64-bit program
  bool x86 = false;     // as a 32-bit one
  RealMapi x64_mapi;
  RealMapi x86_mapi;
};

struct InstalledClient {
  std::string bitness;  // "x64" or "x86"
  std::string dll;
  bool is_there = false;
};

struct RoutingReport {
  std::vector<RoutedProgram> programs;
  std::string default_client;  // as registered; empty when there is none
  bool is_default = false;     // that is this product
  std::vector<InstalledClient> clients;
  RealMapi x64_mapi;  // of a program that nobody has routed, or that only the default client serves
  RealMapi x86_mapi;
};

struct RoutingChange {
  std::string error;               // empty when it was done
  std::vector<std::string> notes;  // what the administrator should know besides
};

RoutingReport routing_report();

// provider: the real MAPI to go on to, for all routed programs of this bitness; empty: as found.
RoutingChange route_program(const std::string& program, const std::string& provider);
RoutingChange route_default(const std::string& provider);
RoutingChange unroute_program(const std::string& program);
RoutingChange unroute_default();
// Everything: what uninstalling does.
RoutingChange unroute_all();

}  // namespace profile_broker::client::mapi
