// A test program that is itself a routed MAPI program: Wine's mapi32.dll, the MAPI client DLL, and
// a provider of the program's choice.
#pragma once

#include <windows.h>

#include <memory>
#include <string>

#include "tests/windows/mapi_client/routing.h"
#include "tests/windows/mapi_program/mapi_library.h"

namespace scene {

// Each program has its own: routes this process, before mapi32.dll is loaded.
std::unique_ptr<Routing> route_this_process();

// mapi32.dll, loaded once and routed; the DLLs stay, as they do in any program.
const MapiLibrary& mapi();

template <typename Function>
Function in(const wchar_t* module, const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(module), name)));
}

LPTSTR ansi(const std::string& text);

// A fixture: MAPI is initialised, and the account has no profiles before the test and after it.
class InitializedMapi {
 public:
  InitializedMapi();
  ~InitializedMapi();
  InitializedMapi(const InitializedMapi&) = delete;
  InitializedMapi& operator=(const InitializedMapi&) = delete;
};

struct ReleaseObject {
  void operator()(IUnknown* object) const { object->Release(); }
};
using Admin = std::unique_ptr<IProfAdmin, ReleaseObject>;

Admin open_admin();
HRESULT create(const std::string& name);
HRESULT remove(const std::string& name);
HRESULT make_default(const std::string& name);

constexpr ULONG kLogonFlags = MAPI_NEW_SESSION | MAPI_EXTENDED | MAPI_NO_MAIL;

// Null when the logon fails. An empty name: none is given.
LPMAPISESSION log_on(const std::string& name, ULONG flags = kLogonFlags);

// References of the machine to the profile, as the service counts them.
std::string references(const std::string& name);

}  // namespace scene
