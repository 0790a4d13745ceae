// gethostname behind host_name.h.
#include "client-lib/host_name.h"

#include <unistd.h>

#include <algorithm>

namespace profile_broker::client {

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  std::string text(name);
  std::replace(text.begin(), text.end(), ' ', '_');
  return text.empty() ? "localhost" : text;
}

}  // namespace profile_broker::client
