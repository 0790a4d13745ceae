// The folder of the journal: a path that Windows takes at any length, a folder that only
// LocalSystem and administrators can enter.
#pragma once

#include <string>
#include <variant>

#include "service/exit_codes.h"

namespace profile_broker::service {

// Owner LocalSystem. PAI: nothing is inherited from above, and files in it inherit from here.
// LocalSystem and Administrators: full control. Nobody else: the journal names everybody's
// profiles.
inline constexpr wchar_t kStateFolderSecurity[] = L"O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

struct StateFolder {
  std::wstring path;  // absolute, with the \\?\ prefix that lifts MAX_PATH
  // False when the process may not make LocalSystem the owner (an administrator's console without
  // SeRestorePrivilege); the access list is applied all the same.
  bool owned_by_system = false;
};

// Makes the folder where it is missing, and applies kStateFolderSecurity whether it is new or not.
// Refuses a link and a folder on another machine.
std::variant<StateFolder, StartFailure> open_state_folder(const std::string& state_folder);

}  // namespace profile_broker::service
