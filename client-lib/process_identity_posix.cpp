// Nothing to step out of, behind process_identity.h: a thread's user is the process's.
#include "client-lib/process_identity.h"

namespace profile_broker::client {

struct ProcessIdentity::Token {};

ProcessIdentity::ProcessIdentity() = default;
ProcessIdentity::~ProcessIdentity() = default;

}  // namespace profile_broker::client
