// A provider of Simple MAPI and CMC in a DLL of its own, as DLLPath may name one beside DLLPathEx.
// It logs on to standin_mapi.dll's profiles without mapi32.dll, so that nobody sees it do so; its
// sessions are small numbers; its memory is its own, and it counts blocks that are not.
#include <windows.h>

#include <mapix.h>

#include <array>
#include <atomic>
#include <mutex>

#include <mapi.h>
#include <xcmc.h>

#include "tests/windows/mapi_client/simple_only_mapi.h"

namespace {

template <typename Function>
Function standin(const char* name) {
  return reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(LoadLibraryW(L"standin_mapi.dll"), name)));
}

std::atomic<simple_only_mapi::During*> during{nullptr};
std::atomic<long> blocks{0};
std::atomic<long> foreign_blocks{0};

std::mutex sessions_lock;
std::array<LPMAPISESSION, 8> sessions{};  // a session is its place, from 1 on

ULONG log_on(LPSTR name, ULONG_PTR& handle) {
  LPMAPISESSION session = nullptr;
  standin<LPMAPIINITIALIZE>("MAPIInitialize")(nullptr);
  const ULONG which = name != nullptr && *name != '\0' ? 0 : MAPI_USE_DEFAULT;
  if (FAILED(standin<LPMAPILOGONEX>("MAPILogonEx")(
          0, which == 0 ? reinterpret_cast<LPTSTR>(name) : nullptr, nullptr, which, &session))) {
    standin<LPMAPIUNINITIALIZE>("MAPIUninitialize")();
    return MAPI_E_LOGON_FAILURE;
  }
  const std::lock_guard guard(sessions_lock);
  for (handle = 1; sessions[handle - 1] != nullptr; ++handle) {
  }
  sessions[handle - 1] = session;
  return SUCCESS_SUCCESS;
}

ULONG log_off(ULONG_PTR handle) {
  const std::lock_guard guard(sessions_lock);
  if (handle < 1 || handle > sessions.size() || sessions[handle - 1] == nullptr) {
    return MAPI_E_INVALID_SESSION;
  }
  sessions[handle - 1]->Release();
  sessions[handle - 1] = nullptr;
  standin<LPMAPIUNINITIALIZE>("MAPIUninitialize")();
  return SUCCESS_SUCCESS;
}

// Something that takes a while, with a session or by itself.
ULONG work(ULONG_PTR session) {
  ULONG_PTR own = 0;
  if (session == 0) {
    const ULONG result = log_on(nullptr, own);
    if (result != SUCCESS_SUCCESS) {
      return result;
    }
  }
  if (auto* const told = during.load()) {
    told();
  }
  if (own != 0) {
    log_off(own);
  }
  return SUCCESS_SUCCESS;
}

constexpr ULONGLONG kMark = 0x5111'9135'5111'9135;
struct Block {
  ULONGLONG mark;
  MapiRecipDesc recipient;
};

}  // namespace

extern "C" {

__declspec(dllexport) void TellDuring(simple_only_mapi::During* told) {
  during = told;
}
__declspec(dllexport) long Blocks() {
  return blocks;
}
__declspec(dllexport) long ForeignBlocks() {
  return foreign_blocks;
}

__declspec(dllexport) ULONG WINAPI
    MAPILogon(ULONG_PTR, LPSTR name, LPSTR, FLAGS, ULONG, LPLHANDLE session) {
  ULONG_PTR handle = 0;
  const ULONG result = log_on(name, handle);
  *session = handle;
  return result;
}
__declspec(dllexport) ULONG WINAPI MAPILogoff(LHANDLE session, ULONG_PTR, FLAGS, ULONG) {
  return log_off(session);
}
__declspec(dllexport) ULONG WINAPI
    MAPISendMail(LHANDLE session, ULONG_PTR, lpMapiMessage, FLAGS, ULONG) {
  return work(session);
}
__declspec(dllexport) ULONG WINAPI MAPISendDocuments(ULONG_PTR, LPSTR, LPSTR, LPSTR, ULONG) {
  return work(0);
}

__declspec(dllexport) ULONG WINAPI
    MAPIResolveName(LHANDLE, ULONG_PTR, LPSTR, FLAGS, ULONG, lpMapiRecipDesc* recipient) {
  auto* const made = new Block{kMark, {}};
  ++blocks;
  *recipient = &made->recipient;
  return SUCCESS_SUCCESS;
}
__declspec(dllexport) ULONG WINAPI MAPIFreeBuffer(LPVOID buffer) {
  if (buffer == nullptr) {
    return SUCCESS_SUCCESS;
  }
  auto* const block = CONTAINING_RECORD(buffer, Block, recipient);
  if (block->mark != kMark) {
    ++foreign_blocks;
    return MAPI_E_FAILURE;
  }
  --blocks;
  block->mark = 0;
  delete block;
  return SUCCESS_SUCCESS;
}

__declspec(dllexport) CMC_return_code WINAPI
    cmc_logon(CMC_string, CMC_string user, CMC_string, CMC_object_identifier, CMC_ui_id, CMC_uint16,
              CMC_flags, CMC_session_id* session, CMC_extension*) {
  ULONG_PTR handle = 0;
  const ULONG result = log_on(user, handle);
  *session = static_cast<CMC_session_id>(handle);
  return result == SUCCESS_SUCCESS ? CMC_SUCCESS : CMC_E_LOGON_FAILURE;
}
__declspec(dllexport) CMC_return_code WINAPI
    cmc_logoff(CMC_session_id session, CMC_ui_id, CMC_flags, CMC_extension*) {
  return log_off(session) == SUCCESS_SUCCESS ? CMC_SUCCESS : CMC_E_INVALID_SESSION_ID;
}
__declspec(dllexport) CMC_return_code WINAPI
    cmc_send(CMC_session_id session, CMC_message*, CMC_flags, CMC_ui_id, CMC_extension*) {
  return work(session) == SUCCESS_SUCCESS ? CMC_SUCCESS : CMC_E_LOGON_FAILURE;
}

}  // extern "C"
