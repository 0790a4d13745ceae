#include "proto/upper_case.h"

#include <windows.h>

#include "tests/support/catch.h"

using namespace profile_broker;

extern "C" __declspec(dllimport) WCHAR WINAPI RtlUpcaseUnicodeChar(WCHAR unit);

TEST_CASE("our upper case is the system's, for every unit of the BMP") {
  int different = 0;
  for (unsigned unit = 0; unit <= 0xFFFF; ++unit) {
    const auto system = static_cast<char16_t>(RtlUpcaseUnicodeChar(static_cast<WCHAR>(unit)));
    const auto ours = ordinal_upper(static_cast<char16_t>(unit));
    if (ours != system) {
      UNSCOPED_INFO("unit " << unit << ": system " << static_cast<unsigned>(system) << ", ours "
                            << static_cast<unsigned>(ours));
      ++different;
    }
  }
  CHECK(different == 0);
}
