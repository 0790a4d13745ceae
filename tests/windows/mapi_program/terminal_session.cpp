#include "tests/windows/mapi_program/terminal_session.h"

#include <winternl.h>

#include <string>

extern "C" {
NTSTATUS NTAPI NtCreateDirectoryObject(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES);
NTSTATUS NTAPI NtCreateSymbolicLinkObject(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES,
                                          PUNICODE_STRING);
}

namespace scene {
namespace {

static_assert(sizeof(void*) == 8, "the offset below is that of 64-bit processes");
constexpr size_t kPebSessionId = 0x2C0;
// STATUS_OBJECT_TYPE_MISMATCH: the link is there already and was followed to its directory.
constexpr NTSTATUS kTypeMismatch = static_cast<NTSTATUS>(0xC0000024);
constexpr ACCESS_MASK kDirectoryAllAccess = 0xF000F;
constexpr ACCESS_MASK kLinkAllAccess = 0xF0001;

UNICODE_STRING as_unicode_string(std::wstring& text) {
  const USHORT bytes = static_cast<USHORT>(text.size() * sizeof(wchar_t));
  return UNICODE_STRING{bytes, bytes, text.data()};
}

OBJECT_ATTRIBUTES open_or_create(UNICODE_STRING& name, HANDLE root) {
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_OPENIF, root, nullptr);
  return attributes;
}

// The handles stay open on purpose: the namespace lives as long as a process of the session does.
NTSTATUS make_directory(std::wstring path, HANDLE& directory) {
  UNICODE_STRING name = as_unicode_string(path);
  OBJECT_ATTRIBUTES attributes = open_or_create(name, nullptr);
  return NtCreateDirectoryObject(&directory, kDirectoryAllAccess, &attributes);
}

NTSTATUS make_link(HANDLE directory, std::wstring link, std::wstring target) {
  UNICODE_STRING name = as_unicode_string(link);
  UNICODE_STRING points_to = as_unicode_string(target);
  OBJECT_ATTRIBUTES attributes = open_or_create(name, directory);
  HANDLE handle = nullptr;
  const NTSTATUS status =
      NtCreateSymbolicLinkObject(&handle, kLinkAllAccess, &attributes, &points_to);
  return status == kTypeMismatch ? 0 : status;
}

DWORD& peb_session_id() {
  BYTE* peb = reinterpret_cast<BYTE*>(NtCurrentTeb()->ProcessEnvironmentBlock);
  return *reinterpret_cast<DWORD*>(peb + kPebSessionId);
}

}  // namespace

LONG enter_terminal_session(DWORD session) {
  const std::wstring root = L"\\Sessions\\" + std::to_wstring(session);
  const std::wstring objects = root + L"\\BaseNamedObjects";
  HANDLE directory = nullptr;
  NTSTATUS status = make_directory(root, directory);
  status = status < 0 ? status : make_directory(objects, directory);
  status = status < 0 ? status : make_link(directory, L"Local", objects);
  status = status < 0 ? status : make_link(directory, L"Global", L"\\BaseNamedObjects");
  if (status >= 0) {
    peb_session_id() = session;
  }
  return status;
}

DWORD current_terminal_session() {
  return peb_session_id();
}

}  // namespace scene
