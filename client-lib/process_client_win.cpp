// Destroyed when FreeLibrary unloads the module, which closes the pipe; not when the process ends:
// then the system has ended the other threads wherever they were, locks and heap included, and
// closes the pipe itself (process_client.h). Made once by Windows' own means: the guard of a C++
// static would leave two handles of MinGW's thread library behind in every thread that passes it.
#include "client-lib/process_client.h"

#include <windows.h>

#include <winternl.h>

#include <cstdlib>
#include <new>

extern "C" NTSYSAPI BOOLEAN NTAPI RtlDllShutdownInProgress(void);

namespace profile_broker::client {
namespace {

INIT_ONCE made = INIT_ONCE_STATIC_INIT;
BrokerClient* client = nullptr;

void destroy() {
  if (!RtlDllShutdownInProgress()) {
    delete client;
  }
}

BOOL CALLBACK make(PINIT_ONCE, void*, void**) {
  try {
    client = new BrokerClient(default_endpoint(), HiveMarks(HiveMarks::default_location()));
  } catch (...) {
    return FALSE;
  }
  // In a DLL: when the module is unloaded.
  return std::atexit(destroy) == 0;
}

}  // namespace

BrokerClient& process_client() {
  if (!InitOnceExecuteOnce(&made, make, nullptr, nullptr)) {
    throw std::bad_alloc();
  }
  return *client;
}

}  // namespace profile_broker::client
