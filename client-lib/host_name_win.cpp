// The machine's own NetBIOS name (not a cluster's virtual one) behind host_name.h.
#include "client-lib/host_name.h"

#include <windows.h>

#include <algorithm>

#include "client-lib/wide_text_win.h"

namespace profile_broker::client {

std::string host_name() {
  wchar_t name[256];
  DWORD length = 256;
  if (!GetComputerNameExW(ComputerNamePhysicalNetBIOS, name, &length)) {
    return "localhost";
  }
  std::replace(name, name + length, L' ', L'_');
  const auto text = utf8_from_wide({name, length});
  return text && !text->empty() ? *text : "localhost";
}

}  // namespace profile_broker::client
