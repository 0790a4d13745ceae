// Methods in the places of the stand-in's, behind odd_profile_admin.h.
#include "tests/windows/mapi_client/odd_profile_admin.h"

#include <atomic>
#include <cstring>
#include <new>

#include "tests/windows/mapi_client/odd_mapi.h"

namespace odd_mapi {
namespace {

// IUnknown of an IProfAdmin that is another object: an own count, and the way back.
struct Identity {
  void* const* table;
  LPPROFADMIN admin;
  std::atomic<ULONG> references{1};
};
HRESULT WINAPI identity_query(Identity* identity, REFIID iid, void** object) {
  return identity->admin->QueryInterface(iid, object);
}
ULONG WINAPI identity_add(Identity* identity) {
  return ++identity->references;
}
ULONG WINAPI identity_release(Identity* identity) {
  const ULONG left = --identity->references;
  if (left == 0) {
    identity->admin->Release();
    delete identity;
  }
  return left;
}

// The stand-in's IProfAdmin with other methods in a table of its own.
constexpr std::size_t kAdminMethods = 12;
using Query = HRESULT(WINAPI*)(LPPROFADMIN, REFIID, void**);
Query admin_query = nullptr;
HRESULT WINAPI query_two_objects(LPPROFADMIN admin, REFIID iid, void** object) {
  if (iid != IID_IUnknown) {
    return admin_query(admin, iid, object);
  }
  static void* table[] = {reinterpret_cast<void*>(identity_query),
                          reinterpret_cast<void*>(identity_add),
                          reinterpret_cast<void*>(identity_release)};
  auto* const identity = new (std::nothrow) Identity{table, admin};
  admin->AddRef();
  *object = identity;
  return S_OK;
}
using Create = HRESULT(WINAPI*)(LPPROFADMIN, LPTSTR, LPTSTR, ULONG_PTR, ULONG);
Create admin_create = nullptr;
using Delete = HRESULT(WINAPI*)(LPPROFADMIN, LPTSTR, ULONG);
Delete admin_delete = nullptr;

// The stand-in's names are ANSI.
struct AnsiName {
  char text[256] = "";
  LPTSTR name;
  AnsiName(LPTSTR given, ULONG flags) : name(given) {
    if ((flags & MAPI_UNICODE) != 0) {
      WideCharToMultiByte(CP_ACP, 0, reinterpret_cast<wchar_t*>(given), -1, text, sizeof text,
                          nullptr, nullptr);
      name = reinterpret_cast<LPTSTR>(text);
    }
  }
};
HRESULT WINAPI create_unicode(LPPROFADMIN admin, LPTSTR name, LPTSTR password, ULONG_PTR window,
                              ULONG flags) {
  return admin_create(admin, AnsiName(name, flags).name, password, window, flags & ~MAPI_UNICODE);
}
HRESULT WINAPI delete_unicode(LPPROFADMIN admin, LPTSTR name, ULONG flags) {
  return admin_delete(admin, AnsiName(name, flags).name, flags & ~MAPI_UNICODE);
}

}  // namespace

void make_odd(LPPROFADMIN admin, unsigned wanted) {
  static void* tables[2][kAdminMethods + 8];  // and the destructors behind
  const bool unicode = (wanted & kUnicodeNames) != 0;
  void** const table = tables[unicode ? 1 : 0];
  auto**& own = *reinterpret_cast<void***>(admin);
  if (table[0] == nullptr) {
    std::memcpy(table, own, sizeof tables[0]);
    admin_query = reinterpret_cast<Query>(own[0]);
    admin_create = reinterpret_cast<Create>(own[5]);
    admin_delete = reinterpret_cast<Delete>(own[6]);
    if (unicode) {
      table[5] = reinterpret_cast<void*>(create_unicode);
      table[6] = reinterpret_cast<void*>(delete_unicode);
    } else {
      table[0] = reinterpret_cast<void*>(query_two_objects);
    }
  }
  own = table;
}

}  // namespace odd_mapi
