// What MinGW's C++ library does before it ends a process for an exception that nobody catches is to
// print the exception's type, for which it brings 60 KB of name demangler. This DLL lets no
// exception out, and the standard error of somebody else's program is none of its business: here
// the process just ends. The function takes the place of the library's.
#include <cstdlib>

namespace __gnu_cxx {  // NOLINT: the library's name

void __verbose_terminate_handler() {  // NOLINT
  std::abort();
}

}  // namespace __gnu_cxx
