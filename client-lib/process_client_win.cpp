// Destroyed when FreeLibrary unloads the module, which closes the pipe; not when the process ends:
// then the system has ended the other threads wherever they were, locks and heap included, and
// closes the pipe itself (process_client.h).
#include "client-lib/process_client.h"

#include <windows.h>

#include <winternl.h>

#include <memory>

extern "C" NTSYSAPI BOOLEAN NTAPI RtlDllShutdownInProgress(void);

namespace profile_broker::client {
namespace {

struct Owner {
  std::unique_ptr<BrokerClient> client =
      std::make_unique<BrokerClient>(default_endpoint(), HiveMarks(HiveMarks::default_location()));

  Owner() = default;
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() {
    if (RtlDllShutdownInProgress()) {
      static_cast<void>(client.release());
    }
  }
};

}  // namespace

BrokerClient& process_client() {
  static const Owner owner;
  return *owner.client;
}

}  // namespace profile_broker::client
