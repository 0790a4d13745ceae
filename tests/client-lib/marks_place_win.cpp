#include "tests/client-lib/marks_place.h"

#include <windows.h>

#include "client-lib/wide_text_win.h"

namespace profile_broker::client {

MarksPlace::MarksPlace()
    : location_("Software\\MAPI Profile Broker Test " + std::to_string(GetCurrentProcessId()) +
                "\\Deferred Deletions") {}

MarksPlace::~MarksPlace() {
  const auto parent = wide_from_utf8(location_.substr(0, location_.rfind('\\')));
  RegDeleteTreeW(HKEY_CURRENT_USER, parent->c_str());
}

std::string MarksPlace::unwritable() {
  return "Software\\" + std::string(300, 'x') + "\\Deferred Deletions";
}

}  // namespace profile_broker::client
