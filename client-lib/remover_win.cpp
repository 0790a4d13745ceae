// IProfAdmin::DeleteProfile through mapi32.dll, behind remover.h. Of MAPI's interfaces only what is
// called is declared here, from the documented binary layout (MAPIX.h): the Windows SDK no longer
// has the headers.
#include "client-lib/remover_win.h"

#include "client-lib/remover.h"
#include "client-lib/wide_text_win.h"
#include "proto/error_codes.h"

namespace profile_broker::client {

// The head of IProfAdmin's table, in its order. Not in the unnamed namespace: the compiler would
// see that no class of this file implements it, and turn its calls into calls of a pure virtual
// function.
struct ProfileAdmin {
  virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void**) = 0;
  virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
  virtual ULONG STDMETHODCALLTYPE Release() = 0;
  virtual HRESULT STDMETHODCALLTYPE GetLastError(HRESULT, ULONG, void**) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetProfileTable(ULONG, void**) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateProfile(void*, void*, ULONG_PTR, ULONG) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteProfile(void* name, ULONG flags) = 0;

 protected:
  ~ProfileAdmin() = default;
};

namespace {

constexpr ULONG kMultithreadNotifications = 0x1;  // MAPI_MULTITHREAD_NOTIFICATIONS
constexpr ULONG kNoCoInit = 0x8;                  // MAPI_NO_COINIT
constexpr ULONG kNtService = 0x10000;             // MAPI_NT_SERVICE
constexpr ULONG kUnicode = 0x80000000;            // MAPI_UNICODE
constexpr ULONG kAppProfile = 0x4;                // MAPI_APP_PROFILE

struct InitializeOptions {  // MAPIINIT_0
  ULONG version;
  ULONG flags;
};

template <typename Function>
void resolve(HMODULE module, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(reinterpret_cast<void*>(GetProcAddress(module, name)));
}

// A reference to the module for as long as it is used. A program that has a mapi32.dll of its own
// beside it deletes through that one, as it would itself.
class MapiModule {
 public:
  MapiModule() {
    if (!GetModuleHandleExW(0, L"mapi32.dll", &module_)) {
      wchar_t path[MAX_PATH + 16];
      const UINT length = GetSystemDirectoryW(path, MAX_PATH);
      module_ = length > 0 && length < MAX_PATH
                    ? LoadLibraryExW((std::wstring(path, length) + L"\\mapi32.dll").c_str(),
                                     nullptr, LOAD_WITH_ALTERED_SEARCH_PATH)
                    : nullptr;
    }
  }
  MapiModule(const MapiModule&) = delete;
  MapiModule& operator=(const MapiModule&) = delete;
  ~MapiModule() {
    if (module_) {
      FreeLibrary(module_);
    }
  }

  MapiFunctions functions() const {
    MapiFunctions mapi;
    if (module_) {
      resolve(module_, "MAPIInitialize", mapi.initialize);
      resolve(module_, "MAPIUninitialize", mapi.uninitialize);
      resolve(module_, "MAPIAdminProfiles", mapi.admin_profiles);
    }
    return mapi;
  }

 private:
  HMODULE module_ = nullptr;
};

// MAPI counts initialisations, so one more beside the program's own does no harm. COM stays as the
// program set it for this thread; a thread without COM gets it from MAPI.
HRESULT initialize(const MapiFunctions& mapi) {
  DWORD session = 1;
  ProcessIdToSessionId(GetCurrentProcessId(), &session);
  const ULONG flags = kMultithreadNotifications | (session == 0 ? kNtService : 0);
  InitializeOptions options{0, flags | kNoCoInit};
  const HRESULT result = mapi.initialize(&options);
  if (SUCCEEDED(result)) {
    return result;
  }
  options.flags = flags;
  return mapi.initialize(&options);
}

HRESULT delete_profile(ProfileAdmin& admin, std::wstring name) {
  auto ansi = ansi_from_wide(name);
  const auto attempt = [&](ULONG flags) {
    return ansi ? admin.DeleteProfile(ansi->data(), flags)
                : admin.DeleteProfile(name.data(), flags | kUnicode);
  };
  const HRESULT result = attempt(0);
  // A profile made with MAPI_APP_PROFILE is denied to those who do not say so.
  return result == static_cast<HRESULT>(hresult::kNoAccess) ? attempt(kAppProfile) : result;
}

}  // namespace

std::optional<std::string> ansi_from_wide(const std::wstring& text) {
  std::string ansi(text.size() * 4 + 1, '\0');
  BOOL lossy = FALSE;
  const bool utf8 = GetACP() == CP_UTF8;  // takes neither of the two parameters
  const int length = WideCharToMultiByte(
      CP_ACP, utf8 ? 0 : WC_NO_BEST_FIT_CHARS, text.data(), static_cast<int>(text.size()),
      ansi.data(), static_cast<int>(ansi.size()), nullptr, utf8 ? nullptr : &lossy);
  if (length <= 0 || lossy) {
    return std::nullopt;
  }
  ansi.resize(static_cast<std::size_t>(length));
  return ansi;
}

HRESULT with_profile_admin(const MapiFunctions& mapi,
                           const std::function<HRESULT(ProfileAdmin&)>& work) {
  HRESULT result = initialize(mapi);
  if (SUCCEEDED(result)) {
    ProfileAdmin* admin = nullptr;
    result = mapi.admin_profiles(0, &admin);
    if (SUCCEEDED(result)) {
      result = admin ? work(*admin) : static_cast<HRESULT>(hresult::kCallFailed);
    }
    if (admin) {
      admin->Release();
    }
    mapi.uninitialize();
  }
  return result;
}

std::uint32_t remove_profile(const MapiFunctions& mapi, const std::string& profile) {
  const auto name = wide_from_utf8(profile);
  if (!name || !mapi) {
    return hresult::kNoSupport;
  }
  return static_cast<std::uint32_t>(
      with_profile_admin(mapi, [&](ProfileAdmin& admin) { return delete_profile(admin, *name); }));
}

Remover default_remover() {
  return [](const std::string& profile) {
    const MapiModule module;
    return remove_profile(module.functions(), profile);
  };
}

}  // namespace profile_broker::client
