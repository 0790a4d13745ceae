#include "service/state_folder_win.h"

#include <aclapi.h>
#include <sddl.h>

#include "service/handle_win.h"
#include "service/longest_path_win.h"
#include "service/options.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

StartFailure failure(const std::string& folder, const std::string& what) {
  return {ExitCode::state_folder,
          "The state folder " + folder + " " + what +
              ". Give a folder on a local disk with --state, and run as LocalSystem or as an "
              "elevated administrator."};
}

std::wstring full_path(const std::wstring& path) {
  std::wstring full(kLongestPath, L'\0');
  full.resize(GetFullPathNameW(path.c_str(), kLongestPath, full.data(), nullptr));
  while (!full.empty() && full.back() == L'\\') {
    full.pop_back();
  }
  return full;
}

// Parents get what their own parents hand down; only the last folder is ours.
DWORD make_folder(const std::wstring& path, SECURITY_ATTRIBUTES* security) {
  if (CreateDirectoryW(path.c_str(), security) != FALSE) {
    return ERROR_SUCCESS;
  }
  const DWORD error = GetLastError();
  if (error == ERROR_ALREADY_EXISTS) {
    return ERROR_SUCCESS;
  }
  const auto last = path.find_last_of(L'\\');
  if (error != ERROR_PATH_NOT_FOUND || last == std::wstring::npos) {
    return error;
  }
  const DWORD parent = make_folder(path.substr(0, last), nullptr);
  if (parent != ERROR_SUCCESS) {
    return parent;
  }
  return CreateDirectoryW(path.c_str(), security) != FALSE ? ERROR_SUCCESS : GetLastError();
}

KernelHandle open_folder(const std::wstring& path, DWORD access) {
  return own_file_handle(CreateFileW(
      path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
      OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
}

// Through the handle, so that what was checked is what is changed.
DWORD apply_security(HANDLE folder, PSECURITY_DESCRIPTOR descriptor, bool with_owner) {
  PSID owner = nullptr;
  PSID group = nullptr;
  PACL list = nullptr;
  BOOL defaulted = FALSE;
  BOOL present = FALSE;
  if (GetSecurityDescriptorOwner(descriptor, &owner, &defaulted) == FALSE ||
      GetSecurityDescriptorGroup(descriptor, &group, &defaulted) == FALSE ||
      GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) == FALSE) {
    return GetLastError();
  }
  const SECURITY_INFORMATION access =
      DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
  return SetSecurityInfo(
      folder, SE_FILE_OBJECT,
      with_owner ? access | OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION : access, owner,
      group, list, nullptr);
}

}  // namespace

std::variant<StateFolder, StartFailure> open_state_folder(const std::string& state_folder) {
  const auto path = full_path(wide_text(state_folder));
  if (path.empty() || path.starts_with(L"\\\\")) {
    return failure(state_folder, "is not on a disk of this machine");
  }
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (ConvertStringSecurityDescriptorToSecurityDescriptorW(kStateFolderSecurity, SDDL_REVISION_1,
                                                           &descriptor, nullptr) == FALSE) {
    return failure(state_folder, "cannot be secured: " + windows_error_text(GetLastError()));
  }
  const LocalMemory memory(descriptor);
  StateFolder folder{LR"(\\?\)" + path};
  SECURITY_ATTRIBUTES security{sizeof security, descriptor, FALSE};
  DWORD error = make_folder(folder.path, &security);
  if (error == ERROR_INVALID_OWNER || error == ERROR_PRIVILEGE_NOT_HELD) {
    error = make_folder(folder.path, nullptr);
  }
  if (error != ERROR_SUCCESS) {
    return failure(state_folder, "cannot be made: " + windows_error_text(error));
  }

  auto opened = open_folder(folder.path, READ_CONTROL | WRITE_DAC | WRITE_OWNER);
  const bool may_own = static_cast<bool>(opened);
  if (!opened) {
    opened = open_folder(folder.path, READ_CONTROL | WRITE_DAC);
  }
  if (!opened) {
    return failure(state_folder, "cannot be opened: " + windows_error_text(GetLastError()));
  }
  BY_HANDLE_FILE_INFORMATION facts{};
  if (GetFileInformationByHandle(opened.get(), &facts) == FALSE) {
    return failure(state_folder, "cannot be examined: " + windows_error_text(GetLastError()));
  }
  if ((facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ||
      (facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
    return failure(state_folder, "is a link or a file");
  }
  folder.owned_by_system =
      may_own && apply_security(opened.get(), descriptor, true) == ERROR_SUCCESS;
  if (!folder.owned_by_system) {
    error = apply_security(opened.get(), descriptor, false);
    if (error != ERROR_SUCCESS) {
      return failure(state_folder, "cannot be secured: " + windows_error_text(error));
    }
  }
  return folder;
}

std::string default_state_folder() {
  std::wstring program(kLongestPath, L'\0');
  program.resize(GetModuleFileNameW(nullptr, program.data(), kLongestPath));
  return utf8_text(program.substr(0, program.find_last_of(L'\\') + 1)) + "State";
}

}  // namespace profile_broker::service
