// No MAPI on Linux: only the caller's own remover deletes (remover.h).
#include "client-lib/remover.h"

namespace profile_broker::client {

Remover default_remover() {
  return {};
}

}  // namespace profile_broker::client
