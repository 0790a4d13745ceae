// The slot behind thread_calls_win.h: two counts in one word, calls of real MAPI in its lower ten
// bits. Where the system has no slot left, nothing nests as far as this DLL knows.
#include "client-lib/mapi/thread_calls_win.h"

#include <windows.h>

#include <winternl.h>

extern "C" NTSYSAPI BOOLEAN NTAPI RtlDllShutdownInProgress(void);

namespace profile_broker::client::mapi {
namespace {

constexpr auto kBrokerWork = static_cast<std::uintptr_t>(ThreadCall::What::broker_work);

INIT_ONCE made = INIT_ONCE_STATIC_INIT;
DWORD slot = TLS_OUT_OF_INDEXES;

BOOL CALLBACK make(PINIT_ONCE, void*, void**) {
  slot = TlsAlloc();
  return TRUE;
}

bool has_slot() {
  InitOnceExecuteOnce(&made, make, nullptr, nullptr);
  return slot != TLS_OUT_OF_INDEXES;
}

std::uintptr_t counts() {
  const KeepLastError keep;  // TlsGetValue clears it
  return has_slot() ? reinterpret_cast<std::uintptr_t>(TlsGetValue(slot)) : 0;
}

void set_counts(std::uintptr_t value) {
  if (has_slot()) {
    TlsSetValue(slot, reinterpret_cast<void*>(value));
  }
}

}  // namespace

ThreadCall::ThreadCall(What what) : what_(static_cast<std::uintptr_t>(what)) {
  set_counts(counts() + what_);
}

ThreadCall::~ThreadCall() {
  set_counts(counts() - what_);
}

bool ThreadCall::in_real_mapi() {
  return counts() % kBrokerWork != 0;
}

bool ThreadCall::in_broker_work() {
  return counts() >= kBrokerWork;
}

bool ThreadCall::in_either() {
  return counts() != 0;
}

bool is_process_ending() {
  return RtlDllShutdownInProgress() != FALSE;
}

KeepLastError::KeepLastError() : error_(GetLastError()) {}

KeepLastError::~KeepLastError() {
  SetLastError(error_);
}

}  // namespace profile_broker::client::mapi
