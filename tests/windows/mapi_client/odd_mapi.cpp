// The provider of odd_mapi.h. What it does for MAPI is standin_mapi.dll's; its sessions are objects
// without a C++ class, since it is their tables that are odd. x64 only, as is every test under
// Wine.
#include "tests/windows/mapi_client/odd_mapi.h"

#include <windows.h>

#include <mapix.h>

#include <atomic>
#include <cstring>
#include <new>

#include <mapi.h>

#include "tests/windows/mapi_client/odd_profile_admin.h"

namespace {

using namespace odd_mapi;

template <typename Function>
Function from(const wchar_t* module, const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(LoadLibraryW(module), name)));
}
template <typename Function>
Function standin(const char* name) {
  return from<Function>(L"standin_mapi.dll", name);
}
template <typename Function>
Function stub(const char* name) {
  return from<Function>(L"mapi32.dll", name);
}

std::atomic<unsigned> oddities{kPlain};
std::atomic<long> times_reentered{0};
std::atomic<long> foreign_sessions{0};
std::atomic<DWORD> thread_inside{0};

// The provider's functions expect no other of them on the same thread. Only one thread at a time
// calls it in the tests that look at this.
class Inside {
 public:
  Inside() : before_(thread_inside.exchange(GetCurrentThreadId())) {}
  ~Inside() { thread_inside = before_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  const DWORD before_;
};

constexpr std::size_t kMethods = 22;
constexpr std::size_t kRelease = 2;
constexpr std::size_t kOpenProfileSection = 7;
constexpr std::size_t kLogoff = 17;

struct Session {
  void* const* table;
  LPMAPISESSION real;
  unsigned oddities;
  std::atomic<ULONG> references{1};
};

struct Page {
  void* table[kMethods];
  unsigned char code[64];
};
std::atomic<Page*> last_page{nullptr};
std::atomic<Session*> last_session{nullptr};

HRESULT WINAPI unsupported() {
  return MAPI_E_NO_SUPPORT;
}
HRESULT WINAPI query_interface(Session* session, REFIID, void** object) {
  ++session->references;
  *object = session;
  return S_OK;
}
ULONG WINAPI add_ref(Session* session) {
  return ++session->references;
}
ULONG WINAPI release(Session* session) {
  const bool silent = (session->oddities & kReleaseTellsNothing) != 0;
  const ULONG left = --session->references;
  if (left == 0) {
    session->real->Release();
    Session* expected = session;
    last_session.compare_exchange_strong(expected, nullptr);
    delete session;  // its page stays: a table may outlive its objects
  }
  return silent ? 0 : left;
}
HRESULT WINAPI open_profile_section(Session* session, LPMAPIUID uid, LPCIID iid, ULONG flags,
                                    LPPROFSECT* section) {
  return (session->oddities & kProfileIsSecret) != 0
             ? MAPI_E_NO_SUPPORT
             : session->real->OpenProfileSection(uid, iid, flags, section);
}
HRESULT WINAPI log_off(Session* session, ULONG_PTR window, ULONG flags, ULONG reserved) {
  const Inside inside;
  // A shared session ends with its last user.
  return (session->oddities & kSharedSession) != 0 && session->references > 1
             ? S_OK
             : session->real->Logoff(window, flags, reserved);
}

void fill(void** table) {
  for (std::size_t i = 0; i < kMethods; ++i) {
    table[i] = reinterpret_cast<void*>(unsupported);
  }
  table[0] = reinterpret_cast<void*>(query_interface);
  table[1] = reinterpret_cast<void*>(add_ref);
  table[kRelease] = reinterpret_cast<void*>(release);
  table[kOpenProfileSection] = reinterpret_cast<void*>(open_profile_section);
  table[kLogoff] = reinterpret_cast<void*>(log_off);
}

// mov rax, target; jmp rax
void* jump_to(unsigned char* place, void* target) {
  place[0] = 0x48;
  place[1] = 0xB8;
  std::memcpy(place + 2, &target, sizeof target);
  place[10] = 0xFF;
  place[11] = 0xE0;
  return place;
}

void* const* make_table(unsigned wanted) {
  static void* common[kMethods];
  if ((wanted & (kTableAmongCode | kFunctionsOfItsOwn)) == 0) {
    if (common[0] == nullptr) {
      fill(common);
    }
    return common;
  }
  auto* const page = static_cast<Page*>(
      VirtualAlloc(nullptr, sizeof(Page), MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE));
  fill(page->table);
  page->code[0] = 0xC3;  // ret
  if ((wanted & kFunctionsOfItsOwn) != 0) {
    page->table[kRelease] = jump_to(page->code + 16, page->table[kRelease]);
    page->table[kLogoff] = jump_to(page->code + 32, page->table[kLogoff]);
  }
  DWORD before = 0;
  VirtualProtect(page, sizeof(Page), PAGE_EXECUTE_READ, &before);
  last_page = page;
  return page->table;
}

}  // namespace

extern "C" {

__declspec(dllexport) void SetOddities(unsigned wanted) {
  oddities = wanted;
}
__declspec(dllexport) long TimesReentered() {
  return times_reentered;
}
__declspec(dllexport) long ForeignSessions() {
  return foreign_sessions;
}
__declspec(dllexport) odd_mapi::Code* CodeBesideTable() {
  return reinterpret_cast<odd_mapi::Code*>(reinterpret_cast<void*>(last_page.load()->code));
}

__declspec(dllexport) HRESULT WINAPI MAPIInitialize(LPVOID options) {
  static std::atomic<bool> calling_back{false};
  const HRESULT result = standin<LPMAPIINITIALIZE>("MAPIInitialize")(options);
  if (SUCCEEDED(result) && (oddities & kEndsMapiInside) != 0 && !calling_back.exchange(true)) {
    stub<LPMAPIINITIALIZE>("MAPIInitialize")(nullptr);
    calling_back = false;
  }
  return result;
}

__declspec(dllexport) void WINAPI MAPIUninitialize() {
  static std::atomic<bool> calling_back{false};
  const Inside inside;
  if ((oddities & kEndsMapiInside) != 0 && !calling_back.exchange(true)) {
    stub<LPMAPIUNINITIALIZE>("MAPIUninitialize")();
    calling_back = false;
  }
  standin<LPMAPIUNINITIALIZE>("MAPIUninitialize")();
}

__declspec(dllexport) HRESULT WINAPI MAPILogonEx(ULONG_PTR window, LPTSTR name, LPTSTR password,
                                                 ULONG flags, LPMAPISESSION* session) {
  const Inside inside;
  const unsigned wanted = oddities;
  Session* const shared = last_session;
  if ((wanted & kSharedSession) != 0 && (flags & MAPI_NEW_SESSION) == 0 && shared != nullptr) {
    ++shared->references;
    *session = reinterpret_cast<LPMAPISESSION>(shared);
    return S_OK;
  }
  LPMAPISESSION real = nullptr;
  const HRESULT result = standin<LPMAPILOGONEX>("MAPILogonEx")(window, name, password, flags,
                                                               session ? &real : nullptr);
  if (SUCCEEDED(result)) {
    auto* const made = new (std::nothrow) Session{make_table(wanted), real, wanted};
    last_session = made;
    *session = reinterpret_cast<LPMAPISESSION>(made);
  }
  return result;
}

__declspec(dllexport) HRESULT WINAPI MAPIAdminProfiles(ULONG flags, LPPROFADMIN* admin) {
  times_reentered += thread_inside == GetCurrentThreadId() ? 1 : 0;
  const HRESULT result = standin<LPMAPIADMINPROFILES>("MAPIAdminProfiles")(flags, admin);
  if (SUCCEEDED(result) && (oddities & (kTwoObjects | kUnicodeNames)) != 0) {
    odd_mapi::make_odd(*admin, oddities);
  }
  return result;
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

// It knows no session of Simple MAPI: that is the other provider's.
__declspec(dllexport) SCODE WINAPI ScMAPIXFromSMAPI(LHANDLE, ULONG, LPCIID, LPMAPISESSION*) {
  ++foreign_sessions;
  return MAPI_E_INVALID_OBJECT;
}

}  // extern "C"
