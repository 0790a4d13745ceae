#include "service/pipe_security_win.h"

#include <sddl.h>

namespace profile_broker::service {

LocalMemory pipe_security_descriptor() {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  ConvertStringSecurityDescriptorToSecurityDescriptorW(kPipeSecurity, SDDL_REVISION_1, &descriptor,
                                                       nullptr);
  return LocalMemory(descriptor);
}

PipeCreation pipe_creation(bool first_instance) {
  PipeCreation creation;
  creation.open_mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED |
                       (first_instance ? DWORD{FILE_FLAG_FIRST_PIPE_INSTANCE} : DWORD{0});
  // Without PIPE_REJECT_REMOTE_CLIENTS the pipe is open to the network (CVE-2024-24974).
  creation.pipe_mode = PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS;
  // The server bounds connections per user; a bound here would turn one user's flood into
  // everybody's ERROR_PIPE_BUSY.
  creation.max_instances = PIPE_UNLIMITED_INSTANCES;
  creation.buffer_bytes = kPipeBufferBytes;
  return creation;
}

}  // namespace profile_broker::service
