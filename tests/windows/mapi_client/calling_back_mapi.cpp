// A provider as real ones are: it calls mapi32.dll from inside its own functions. What it does for
// MAPI is standin_mapi.dll's; around that it initialises, allocates and administers through
// mapi32.dll, has a class of sessions of its own, and keeps the session pointers that it makes and
// that it is given, so that a test can see that they are the same objects.
#include <windows.h>

#include <mapix.h>

#include <mapi.h>

#include <atomic>

namespace {

template <typename Function>
Function from(const wchar_t* module, const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(LoadLibraryW(module), name)));
}

template <typename Function>
Function standin(const char* name) {
  return from<Function>(L"standin_mapi.dll", name);
}

// Back into the stub, and so into whatever is registered: this DLL's caller.
template <typename Function>
Function stub(const char* name) {
  return from<Function>(L"mapi32.dll", name);
}

std::atomic<LPMAPISESSION> made{nullptr};
std::atomic<LPMAPISESSION> given{nullptr};
std::atomic<long> inner_calls{0};
std::atomic<bool> initializing{false};

}  // namespace

extern "C" {

__declspec(dllexport) LPMAPISESSION WINAPI SessionMade() {
  return made;
}
__declspec(dllexport) LPMAPISESSION WINAPI SessionGiven() {
  return given;
}
__declspec(dllexport) long WINAPI InnerCalls() {
  return inner_calls;
}

__declspec(dllexport) HRESULT WINAPI MAPIInitialize(LPVOID options) {
  if (!initializing.exchange(true)) {
    ++inner_calls;
    if (SUCCEEDED(stub<LPMAPIINITIALIZE>("MAPIInitialize")(nullptr))) {
      stub<LPMAPIUNINITIALIZE>("MAPIUninitialize")();
    }
    initializing = false;
  }
  return standin<LPMAPIINITIALIZE>("MAPIInitialize")(options);
}

__declspec(dllexport) void WINAPI MAPIUninitialize() {
  standin<LPMAPIUNINITIALIZE>("MAPIUninitialize")();
}

__declspec(dllexport) HRESULT WINAPI MAPILogonEx(ULONG_PTR window, LPTSTR name, LPTSTR password,
                                                 ULONG flags, LPMAPISESSION* session) {
  void* buffer = nullptr;
  ++inner_calls;
  if (stub<LPMAPIALLOCATEBUFFER>("MAPIAllocateBuffer")(100, &buffer) == S_OK) {
    stub<LPMAPIFREEBUFFER>("MAPIFreeBuffer")(buffer);
  }
  LPPROFADMIN admin = nullptr;
  if (SUCCEEDED(stub<LPMAPIADMINPROFILES>("MAPIAdminProfiles")(0, &admin))) {
    LPMAPITABLE table = nullptr;
    if (SUCCEEDED(admin->GetProfileTable(0, &table))) {
      table->Release();
    }
    admin->Release();
  }
  const HRESULT result =
      standin<LPMAPILOGONEX>("MAPILogonEx")(window, name, password, flags, session);
  if (SUCCEEDED(result)) {
    made = *session;
  }
  return result;
}

__declspec(dllexport) HRESULT WINAPI MAPIAdminProfiles(ULONG flags, LPPROFADMIN* admin) {
  return standin<LPMAPIADMINPROFILES>("MAPIAdminProfiles")(flags, admin);
}

__declspec(dllexport) SCODE WINAPI MAPIAllocateBuffer(ULONG size, LPVOID* buffer) {
  return standin<LPMAPIALLOCATEBUFFER>("MAPIAllocateBuffer")(size, buffer);
}
__declspec(dllexport) SCODE WINAPI MAPIAllocateMore(ULONG size, LPVOID owner, LPVOID* buffer) {
  return standin<LPMAPIALLOCATEMORE>("MAPIAllocateMore")(size, owner, buffer);
}
__declspec(dllexport) ULONG WINAPI MAPIFreeBuffer(LPVOID buffer) {
  return standin<LPMAPIFREEBUFFER>("MAPIFreeBuffer")(buffer);
}

__declspec(dllexport) HRESULT WINAPI MAPIOpenFormMgr(LPMAPISESSION session, void** manager) {
  given = session;
  *manager = nullptr;
  return MAPI_E_NO_SUPPORT;
}

// Simple MAPI on extended MAPI, through mapi32.dll as Microsoft's is.
__declspec(dllexport) ULONG WINAPI
    MAPILogon(ULONG_PTR window, LPSTR name, LPSTR password, FLAGS flags, ULONG, LPLHANDLE handle) {
  LPMAPISESSION session = nullptr;
  if (FAILED(stub<LPMAPILOGONEX>("MAPILogonEx")(window, reinterpret_cast<LPTSTR>(name),
                                                reinterpret_cast<LPTSTR>(password), flags,
                                                &session))) {
    return MAPI_E_LOGON_FAILURE;
  }
  *handle = reinterpret_cast<LHANDLE>(session);
  return SUCCESS_SUCCESS;
}

__declspec(dllexport) ULONG WINAPI MAPILogoff(LHANDLE handle, ULONG_PTR, FLAGS, ULONG) {
  const auto session = reinterpret_cast<LPMAPISESSION>(handle);
  session->Logoff(0, 0, 0);
  session->Release();
  return SUCCESS_SUCCESS;
}

}  // extern "C"
