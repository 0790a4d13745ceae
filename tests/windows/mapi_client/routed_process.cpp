#include "tests/windows/mapi_client/routed_process.h"

#include "tests/support/catch.h"
#include "tests/windows/scene/profile_registry.h"

namespace scene {

const MapiLibrary& mapi() {
  static const std::unique_ptr<Routing> routing = route_this_process();
  static const MapiLibrary library = [] {
    MapiLibrary loading;
    REQUIRE(loading.load());
    return loading;
  }();
  return library;
}

LPTSTR ansi(const std::string& text) {
  return reinterpret_cast<LPTSTR>(const_cast<char*>(text.c_str()));
}

InitializedMapi::InitializedMapi() {
  const auto& library = mapi();
  clear_profiles();
  REQUIRE(library.initialize(nullptr) == S_OK);
}

InitializedMapi::~InitializedMapi() {
  mapi().uninitialize();
  clear_profiles();
}

Admin open_admin() {
  LPPROFADMIN admin = nullptr;
  REQUIRE(mapi().admin_profiles(0, &admin) == S_OK);
  return Admin(admin);
}

HRESULT create(const std::string& name) {
  return open_admin()->CreateProfile(ansi(name), nullptr, 0, 0);
}

HRESULT remove(const std::string& name) {
  return open_admin()->DeleteProfile(ansi(name), 0);
}

HRESULT make_default(const std::string& name) {
  return open_admin()->SetDefaultProfile(ansi(name), 0);
}

LPMAPISESSION log_on(const std::string& name, ULONG flags) {
  LPMAPISESSION session = nullptr;
  const HRESULT result =
      mapi().logon(0, name.empty() ? nullptr : ansi(name), nullptr, flags, &session);
  return SUCCEEDED(result) ? session : nullptr;
}

std::string references(const std::string& name) {
  const auto output = run_tool("query \"" + name + "\" --json").output;
  const std::string key = "\"references\": ";
  const auto at = output.find(key);
  REQUIRE(at != std::string::npos);
  return output.substr(at + key.size(), output.find_first_of(",\r\n", at) - at - key.size());
}

}  // namespace scene
