#include "tests/windows/standin_mapi/profile_use.h"

#include <sddl.h>

#include <vector>

namespace standin_mapi {
namespace {

// The shared heap of real MAPI is one section named MAPI-HP...; here each profile has a section of
// its own.
constexpr wchar_t kUsePrefix[] = L"Local\\MAPI-HP-";
constexpr wchar_t kLogonPrefix[] = L"Local\\MAPI-Logon-";
constexpr DWORD kUseSize = 4096;  // bytes; a section cannot be empty

// The user as the thread acts, not as the process was started: KB 817375.
std::wstring acting_user() {
  HANDLE handle = nullptr;
  if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &handle) &&
      !OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &handle)) {
    return L"unknown user";
  }
  const NamedObject token(handle);
  DWORD size = 0;
  GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
  std::vector<BYTE> data(size);
  wchar_t* text = nullptr;
  if (!GetTokenInformation(token.get(), TokenUser, data.data(), size, &size) ||
      !ConvertSidToStringSidW(reinterpret_cast<TOKEN_USER*>(data.data())->User.Sid, &text)) {
    return L"unknown user";
  }
  const std::wstring sid = text;
  LocalFree(text);
  return sid;
}

std::wstring object_name(const std::wstring& profile) {
  std::wstring upper = profile;
  CharUpperBuffW(upper.data(), static_cast<DWORD>(upper.size()));
  return kUsePrefix + acting_user() + L"-" + upper;
}

}  // namespace

NamedObject begin_use(const std::wstring& profile) {
  return NamedObject(CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, kUseSize,
                                        object_name(profile).c_str()));
}

bool in_use_here(const std::wstring& profile) {
  const std::wstring name = object_name(profile);
  return static_cast<bool>(NamedObject(OpenFileMappingW(FILE_MAP_READ, FALSE, name.c_str())));
}

LogonLock::LogonLock()
    : mutex_(CreateMutexW(nullptr, FALSE, (kLogonPrefix + acting_user()).c_str())) {
  WaitForSingleObject(mutex_.get(), INFINITE);
}

LogonLock::~LogonLock() {
  ReleaseMutex(mutex_.get());
}

}  // namespace standin_mapi
